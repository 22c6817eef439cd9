# Makes cgroups: below the container's own of cgroup v2, one beside the other and one below the other, and below those of v1, after
# having mounted them writable. Prints for each how many were made, and the errno of the first failure. Arguments: how many
# side by side, how many levels.
import ctypes, errno, os, sys

count, levels = int(sys.argv[1]), int(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)
top = '/sys/fs/cgroup'
remount = 0x20  # MS_REMOUNT
bind = 0x1000  # MS_BIND


def attempts(paths):
    made, first = [], 'none'
    for path in paths:
        try:
            os.mkdir(path)
            made.append(path)
        except OSError as error:
            if first == 'none':
                first = errno.errorcode[error.errno]
    return made, first


def report(what, paths, keep=False):
    made, first = attempts(paths)
    print(what, len(made), first, flush=True)
    if not keep:
        for path in reversed(made):
            os.rmdir(path)


unified = next(path for path in (top + '/unified', top) if os.path.exists(path + '/cgroup.controllers'))
report('deep', [unified + '/d' * level for level in range(1, levels + 1)])
report('beside', (f'{unified}/b{number}' for number in range(count)))
for name in sorted(os.listdir(top)):
    path = f'{top}/{name}'
    if path == unified or not os.path.exists(path + '/tasks') or os.path.islink(path):
        continue
    libc.mount(None, path.encode(), None, remount, None)
    libc.mount(None, path.encode(), None, remount | bind, None)
    made, first = attempts(f'{path}/b{number}' for number in range(count))
    if made:
        print(name, len(made), flush=True)
    for one in reversed(made):
        os.rmdir(one)
