"""watch-processes.py FOLDER CANARY: PID 1 of a container that tries to get at every process that comes up.

Makes FOLDER/seen with the first of those that look after commands that it has tried to get at. Ends when FOLDER/stop is there;
FOLDER/found then says what it got of them.
"""
import ctypes
import json
import os
import signal
import sys

folder, canary = sys.argv[1:3]
SEIZE, DETACH = 0x4206, 17
libc = ctypes.CDLL(None, use_errno=True)
found = {"seen": set(), "fd": set(), "root": set(), "memory": set(), "ptrace": set(), "write": set(), "secret": set(), "late": set()}


def name(pid):
    with open(f"/proc/{pid}/comm") as file:
        return file.read().strip()


def attempt(action):
    try:
        return action()
    except (OSError, ValueError):
        return None


def memory(pid):
    """Whatever of its writable memory can be read."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        parts = []
        for line in maps:
            place, rights = line.split()[:2]
            if "w" not in rights:
                continue
            first, last = (int(one, 16) for one in place.split("-"))
            mem.seek(first)
            parts.append(mem.read(last - first))
        return b"".join(parts)


def ends(pid):
    """Whether it has given its memory up, but not yet its descriptors: from then on some kernels no longer ask
    whether it is dumpable (ptrace_may_access). It obeys no tracer any more."""
    sizes = attempt(lambda: open(f"/proc/{pid}/statm").read())
    return sizes is not None and sizes.startswith("0 ")


def attack(pid):
    got = {key: set() for key in found}
    probe(pid, got)
    # It may have become the program of the command in between, which is the container's own to look at.
    comm = attempt(lambda: name(pid))
    if comm is not None and comm.startswith("tslxc"):
        if ends(pid):
            got.update(late=got["fd"], fd=set(), ptrace=set())
        for key, value in got.items():
            found[key] |= value
        open(f"{folder}/seen", "w").close()


def probe(pid, found):
    found["seen"].add("yes")
    for number in attempt(lambda: os.listdir(f"/proc/{pid}/fd")) or []:
        link = attempt(lambda: os.readlink(f"/proc/{pid}/fd/{number}"))
        if link is not None:
            found["fd"].add(link.split(":")[0])
    if attempt(lambda: os.stat(f"/proc/{pid}/root{canary}")) is not None:
        found["root"].add(canary)
    if attempt(lambda: os.stat(f"/proc/{pid}/cwd{canary}")) is not None:
        found["root"].add("cwd")
    if attempt(lambda: os.open(f"/proc/{pid}/exe", os.O_RDWR)) is not None:
        found["write"].add("exe")
    text = attempt(lambda: memory(pid))
    if text:
        found["memory"].add("read")
        if b"secret-of-" + b"the-caller" in text:
            found["secret"].add("memory")
    environment = attempt(lambda: open(f"/proc/{pid}/environ", "rb").read()) or b""
    if b"secret-of-the-caller" in environment:
        found["secret"].add("environment")
    if libc.ptrace(SEIZE, pid, 0, 0) == 0:
        found["ptrace"].add("seized")
        libc.ptrace(DETACH, pid, 0, 0)


while not os.path.exists(f"{folder}/stop"):
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or entry == "1":
            continue
        comm = attempt(lambda: name(entry))
        if comm is not None and comm.startswith("tslxc"):
            attack(int(entry))
    attempt(lambda: os.waitpid(-1, os.WNOHANG))
with open(f"{folder}/found.new", "w") as file:
    json.dump({key: sorted(value) for key, value in found.items()}, file)
os.rename(f"{folder}/found.new", f"{folder}/found")
signal.pause()
