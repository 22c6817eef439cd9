# Takes what the kernel limits for each user: takes WHAT COUNT. Prints how many it got and the errno of the first failure, and holds
# them until its input ends.
import ctypes, errno, os, sys

what, count = sys.argv[1], int(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)


def timer():
    # A timer holds the signal that it will send, which counts as pending from now on.
    return libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p()))


def inotify():
    return libc.inotify_init1(0)


# The count goes up with each namespace that is held.
def uts():
    if libc.unshare(0x04000000) != 0:
        return -1
    return os.open('/proc/thread-self/ns/uts', os.O_RDONLY)


take = {'timer': timer, 'inotify': inotify, 'uts': uts}[what]
taken, failure = 0, 'none'
while taken < count and failure == 'none':
    if take() < 0:
        failure = errno.errorcode[ctypes.get_errno()]
    else:
        taken += 1
print(taken, failure, flush=True)
sys.stdin.read()
