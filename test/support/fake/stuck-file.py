#!/usr/bin/env python3
"""Mounts a FUSE file system that is a single file on the file in argv[1]. A process that closes it waits in the kernel, out of reach
of SIGKILL, until this process ends, which it does after argv[2] seconds. Says `mounted` once it is, and `closing` for each
close that waits."""

import ctypes
import os
import signal
import struct
import sys

FORGET, GETATTR, OPEN, FLUSH, INIT, BATCH_FORGET = 2, 3, 14, 25, 26, 42
ENOSYS = 38

target = sys.argv[1]
signal.alarm(int(sys.argv[2]))
device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
options = f"fd={device},rootmode=100000,user_id=0,group_id=0,allow_other"
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"stuck", target.encode(), b"fuse", 0, options.encode()) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print("mounted", flush=True)


def answer(unique, body=b"", error=0):
    os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


def attributes(node):
    return struct.pack("<QQQQQQIIIIIIIIII", node, 0, 0, 0, 0, 0, 0, 0, 0, 0o100644, 1, 0, 0, 0, 4096, 0)


while True:
    request = os.read(device, 1 << 20)
    _, kind, unique, node, _, _, _ = struct.unpack_from("<IIQQIII", request)
    if kind == INIT:
        answer(unique, struct.pack("<IIIIHHIIHHI28x", 7, 31, 65536, 0, 16, 12, 65536, 1, 32, 0, 0))
    elif kind == GETATTR:
        answer(unique, struct.pack("<QII", 3600, 0, 0) + attributes(node))
    elif kind == OPEN:
        answer(unique, struct.pack("<QII", 1, 0, 0))
    elif kind == FLUSH:
        print("closing", flush=True)
    elif kind not in (FORGET, BATCH_FORGET):
        answer(unique, error=ENOSYS)
