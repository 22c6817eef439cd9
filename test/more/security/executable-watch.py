# Root in a container that sees the host's processes looks for monitors, and tries to write to their executable: as long
# as they run, and through the descriptor that it has kept when they have ended.
# argv: a /proc, what the link to the executable says. Runs until a line comes in, then prints what became of its attempts as JSON.
import errno, json, mmap, os, select, sys, time

proc, name = sys.argv[1], sys.argv[2]
kept, outcomes = {}, {}
attacker = 'executable-attacker'


def attempt(what, action):
    try:
        action()
        outcome = 'done'
    except OSError as error:
        outcome = errno.errorcode[error.errno]
    counts = outcomes.setdefault(what, {})
    counts[outcome] = counts.get(outcome, 0) + 1


def write(path):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, b'#!/evil')
    finally:
        os.close(fd)


def cut(path):
    fd = os.open(path, os.O_RDWR)
    try:
        os.ftruncate(fd, 4096)
    finally:
        os.close(fd)


def map_shared(path):
    fd = os.open(path, os.O_RDWR)
    try:
        mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_WRITE)[0:1] = b'#'
    finally:
        os.close(fd)


def words(pid):
    with open(f'{proc}/{pid}/cmdline') as file:
        return file.read().split('\0')


def look():
    for pid in os.listdir(proc):
        if not pid.isdigit():
            continue
        path = f'{proc}/{pid}/exe'
        try:
            if pid in kept or attacker in words(pid) or os.readlink(path).split(' ')[0] != name:
                continue
            kept[pid] = os.open(path, os.O_PATH)
        except OSError:
            continue
        attempt('running', lambda: write(path))


# What no process has waited for is still there, without an executable.
def runs(pid):
    try:
        return os.readlink(f'{proc}/{pid}/exe') != ''
    except OSError:
        return False


print('watching', flush=True)
while not select.select([0], [], [], 0)[0]:
    look()
# A file that is being run refuses every writer: wait for the last of them.
deadline = time.monotonic() + 5
while time.monotonic() < deadline and any(runs(pid) for pid in kept):
    time.sleep(0.02)
for fd in kept.values():
    path = f'/proc/self/fd/{fd}'
    attempt('ended: write', lambda: write(path))
    attempt('ended: map', lambda: map_shared(path))
    attempt('ended: truncate', lambda: cut(path))
print(json.dumps({'seen': len(kept), 'outcomes': outcomes}), flush=True)
