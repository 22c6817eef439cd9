#!/usr/bin/env python3
"""Mounts a FUSE file system on the folder in argv[1] that never answers when a process looks for a file: it waits in the
kernel, out of reach of SIGKILL, until this process ends, which it does after argv[2] seconds if there is such an argument.
Says `mounted` once it is, and `asked` for each process that waits. Processes whose name is argv[3], if there is such an
argument, are answered: what they look for is an empty directory."""

import ctypes
import os
import signal
import struct
import sys

LOOKUP, FORGET, GETATTR, INIT, BATCH_FORGET = 1, 2, 3, 26, 42
ENOSYS = 38

target = sys.argv[1]
if len(sys.argv) > 2:
    signal.alarm(int(sys.argv[2]))
device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
answered = sys.argv[3] if len(sys.argv) > 3 else None
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"stuck", target.encode(), b"fuse", 0, options.encode()) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print("mounted", flush=True)


def answer(unique, body=b"", error=0):
    os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


def attributes(node):
    return struct.pack("<QQQQQQIIIIIIIIII", node, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    except OSError:
        return None


while True:
    request = os.read(device, 1 << 20)
    _, kind, unique, node, _, _, pid = struct.unpack_from("<IIQQIII", request)
    if kind == INIT:
        answer(unique, struct.pack("<IIIIHHIIHHI28x", 7, 31, 65536, 0, 16, 12, 65536, 1, 32, 0, 0))
    elif kind == GETATTR:
        answer(unique, struct.pack("<QII", 3600, 0, 0) + attributes(node))
    elif kind == LOOKUP and answered is not None and name_of(pid) == answered:
        # Of no validity: the next one asks again.
        answer(unique, struct.pack("<QQQQII", 2, 0, 0, 0, 0, 0) + attributes(2))
    elif kind == LOOKUP:
        print("asked", flush=True)
    elif kind not in (FORGET, BATCH_FORGET):
        answer(unique, error=ENOSYS)
