# Tries to write to the executable of another process, as root in a container that has the host's /proc.
# argv: a /proc, a pid. Prints what became of each attempt as JSON, waits for a line on stdin (by then the
# process has ended), tries once more through the descriptor that it kept, and prints that.
import ctypes, errno, json, os, struct, sys

libc = ctypes.CDLL(None, use_errno=True)
MOUNT_SETATTR, OPEN_TREE, AT_FDCWD, AT_EMPTY_PATH = 442, 428, -100, 0x1000
OPEN_TREE_CLONE, MOUNT_ATTR_RDONLY = 1, 1
MS_RDONLY, MS_REMOUNT, MS_BIND = 1, 32, 4096

proc, pid = sys.argv[1], sys.argv[2]
path = f'{proc}/{pid}/exe'


def result(call):
    try:
        value = call()
    except OSError as error:
        return errno.errorcode[error.errno]
    if isinstance(value, int) and value < 0:
        return errno.errorcode[ctypes.get_errno()]
    return 'done'


def opened(name, flags):
    return result(lambda: os.close(os.open(name, flags)))


def set_attributes(directory, name, flags):
    clear = struct.pack('=QQQQ', 0, MOUNT_ATTR_RDONLY, 0, 0)
    return result(lambda: libc.syscall(MOUNT_SETATTR, directory, name.encode(), flags, clear, 32))


def remounted(name, flags):
    return result(lambda: libc.mount(b'none', name.encode(), None, flags, None))


def clone_written():
    tree = libc.syscall(OPEN_TREE, kept, b'', OPEN_TREE_CLONE | AT_EMPTY_PATH)
    if tree < 0:
        return errno.errorcode[ctypes.get_errno()]
    set_attributes(tree, '', AT_EMPTY_PATH)
    return opened(f'/proc/self/fd/{tree}', os.O_WRONLY)


def mapped_written():
    folder = f'{proc}/{pid}/map_files'
    for name in os.listdir(folder):
        if os.path.samestat(os.stat(f'{folder}/{name}'), os.stat(path)):
            return opened(f'{folder}/{name}', os.O_RDWR)
    return 'ENOENT'


def report(results):
    print(json.dumps(results), flush=True)


kept = os.open(path, os.O_PATH)
report({
    'write': opened(path, os.O_WRONLY),
    'read and write': opened(path, os.O_RDWR),
    'truncate': opened(path, os.O_WRONLY | os.O_TRUNC),
    'write what is mapped': mapped_written(),
    'set attributes by path': set_attributes(AT_FDCWD, path, 0),
    'set attributes by descriptor': set_attributes(kept, '', AT_EMPTY_PATH),
    'remount': remounted(path, MS_REMOUNT),
    'remount the bind': remounted(path, MS_REMOUNT | MS_BIND),
    'write a clone': clone_written(),
    'write by descriptor': opened(f'/proc/self/fd/{kept}', os.O_WRONLY),
})
sys.stdin.readline()
report({
    'set attributes by descriptor': set_attributes(kept, '', AT_EMPTY_PATH),
    'write by descriptor': opened(f'/proc/self/fd/{kept}', os.O_WRONLY),
})
