#!/usr/bin/env python3
"""A service manager for `tslxc start --foreground`: runs argv with NOTIFY_SOCKET set, one line a happening.

Out: `notified TEXT` for each datagram, and at the end `exit CODE` (negative: a signal). In: the name of a
signal to send to it, such as `SIGTERM`. End of input is SIGKILL.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile


def say(text):
    print(text, flush=True)


def serve(child, notify):
    pidfd = os.pidfd_open(child.pid)
    while True:
        readable, _, _ = select.select([0, notify, pidfd], [], [])
        if notify in readable:
            say("notified " + notify.recv(4096).decode())
        elif pidfd in readable:
            return
        elif 0 in readable:
            word = os.read(0, 100).decode().strip()
            child.send_signal(getattr(signal, word) if word else signal.SIGKILL)


def main():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, socket.socket(
        socket.AF_UNIX, socket.SOCK_DGRAM
    ) as notify:
        path = os.path.join(folder, "notify")
        notify.bind(path)
        child = subprocess.Popen(
            sys.argv[1:],
            env={**os.environ, "NOTIFY_SOCKET": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        serve(child, notify)
        say(f"exit {child.wait()}")


main()
