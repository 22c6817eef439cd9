"""Makes sockets and hands them over to a program, as systemd does: handed-over.py PATH... -- PROGRAM ARGUMENT..."""

import os
import socket
import sys

at = sys.argv.index("--")
sockets = []
for path in sys.argv[1:at]:
    one = socket.socket(socket.AF_UNIX)
    one.bind(path)
    one.listen()
    sockets.append(one)
copies = [os.dup(one.fileno()) for one in sockets]
for number, copy in enumerate(copies):
    os.dup2(copy, 3 + number, inheritable=True)
os.environ["LISTEN_FDS"] = str(len(copies))
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(sys.argv[at + 1], sys.argv[at + 1 :])
