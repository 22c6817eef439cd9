#!/usr/bin/env python3
"""Opens pseudo-terminals of the devpts at argv[1] until it has argv[2] of them or gets no more, says how many it has and which
error ended it, and holds them until its input ends. With `mount` as argv[3] it first mounts a devpts of its own there."""

import ctypes
import errno
import os
import resource
import sys

folder, most = sys.argv[1], int(sys.argv[2])
if sys.argv[3:] == ["mount"]:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"devpts", folder.encode(), b"devpts", 0, b"ptmxmode=0666") != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
held = []
ended = "none"
while len(held) < most:
    try:
        held.append(os.open(folder + "/ptmx", os.O_RDWR | os.O_NOCTTY))
    except OSError as error:
        ended = errno.errorcode[error.errno]
        break
print(len(held), ended, flush=True)
sys.stdin.read()
