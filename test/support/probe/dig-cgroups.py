#!/usr/bin/env python3
"""Makes cgroups in each FOLDER that may be written: DEPTH of them within one another, with names of 40 bytes, so that the path
of the last is longer than any system call takes, and WIDTH side by side at both ends. WHO goes into the last: `nobody`, `child`
(a process of its own) or `self`. Says `dug N` for N folders. As PID 1, of a container, it then stays until SIGTERM.

dig-cgroups.py DEPTH WIDTH WHO FOLDER..."""

import os
import signal
import subprocess
import sys
import time

NAME = "n" * 40
depth, width, who = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def fill_cpuset():
    """What a cpuset of v1 needs before it takes a process."""
    for file in ("cpuset.cpus", "cpuset.mems"):
        if os.path.exists(file) and os.path.exists("../" + file):
            with open("../" + file) as above, open(file, "w") as own:
                own.write(above.read())


def widen():
    for number in range(width):
        os.mkdir(f"side-{number}")


def dig(pid):
    widen()
    for _ in range(depth):
        os.mkdir(NAME)
        os.chdir(NAME)
        fill_cpuset()
    widen()
    if pid is not None:
        with open("cgroup.procs", "w") as processes:
            processes.write(str(pid))



def start_child():
    """Who waits for the end of what is said here does not wait for it."""
    return subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid


pids = {"nobody": lambda: None, "self": os.getpid, "child": start_child}
pid = pids[who]()
dug = 0
for folder in sys.argv[4:]:
    os.chdir(folder)
    if os.access("cgroup.procs", os.W_OK):
        dig(pid)
        dug += 1
print(f"dug {dug}", flush=True)
if os.getpid() == 1:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        time.sleep(1000)
