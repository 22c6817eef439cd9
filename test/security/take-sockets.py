"""take-sockets.py FOLDER CANARY: PID 1 of a container that takes the sockets of the processes that look after commands.

From each it goes to the process at the other end, the one that made it and those that say something by it, and looks for
CANARY in the mount namespace of that one. Ends with the first round that begins when FOLDER/stop is there; FOLDER/found then
says what it found. With each round that is over, FOLDER/taken says how many sockets it has.
"""
import array
import ctypes
import json
import os
import signal
import socket
import sys
import time

folder, canary = sys.argv[1:3]
PIDFD_GETFD, CLONE_NEWNS = 438, 0x00020000
SO_PASSPIDFD, SO_PEERPIDFD, SCM_PIDFD = 76, 77, 4
libc = ctypes.CDLL(None, use_errno=True)
taken = {}
found = set()


def tell(name, value):
    with open(f"{folder}/{name}.new", "w") as file:
        json.dump(value, file)
    os.rename(f"{folder}/{name}.new", f"{folder}/{name}")


def attempt(action):
    try:
        return action()
    except OSError:
        return None


def leads_out(pidfd):
    """Whether the process has the canary in its mount namespace, where one can follow it."""
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.setns(pidfd, CLONE_NEWNS) == 0 and os.path.exists(canary) else 1)
    return os.waitpid(child, 0)[1] == 0


def take(pid):
    pidfd = os.pidfd_open(pid)
    for number in os.listdir(f"/proc/{pid}/fd"):
        link = os.readlink(f"/proc/{pid}/fd/{number}")
        if not link.startswith("socket:") or link in taken:
            continue
        fd = libc.syscall(PIDFD_GETFD, pidfd, int(number), 0)
        if fd >= 0:
            taken[link] = socket.socket(fileno=fd)
            attempt(lambda: taken[link].setsockopt(socket.SOL_SOCKET, SO_PASSPIDFD, 1))
    os.close(pidfd)


def look(taken_one):
    number = attempt(lambda: taken_one.getsockopt(socket.SOL_SOCKET, SO_PEERPIDFD))
    if number is not None and leads_out(number):
        found.add("maker")
    flags = socket.MSG_PEEK | socket.MSG_DONTWAIT
    message = attempt(lambda: taken_one.recvmsg(4096, socket.CMSG_SPACE(4) * 4, flags))
    for level, kind, data in message[1] if message else []:
        if level == socket.SOL_SOCKET and kind == SCM_PIDFD and leads_out(array.array("i", data)[0]):
            found.add("sender")


ends = False
while not ends:
    # What was said before the stop is looked at after it, however long this process has been waiting for a processor.
    ends = os.path.exists(f"{folder}/stop")
    for entry in os.listdir("/proc"):
        if entry.isdigit() and entry != "1":
            name = attempt(lambda: open(f"/proc/{entry}/comm").read())
            if name is not None and name.startswith("tslxc"):
                attempt(lambda: take(int(entry)))
    for one in list(taken.values()):
        look(one)
    tell("taken", len(taken))
    time.sleep(0.02)
tell("found", sorted(found))
signal.pause()
