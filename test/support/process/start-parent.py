#!/usr/bin/env python3
"""A parent that isn't Node, as the documentation of `tslxc start --background` wants it.

argv[1] is JSON: {"argv": [...], "console": "socketpair" | "pty", "kill_when": path or null, "type": text,
"until": text}. Runs argv with one end of the console as descriptor 27 and a pipe as 30, reads 30 up to its
end, then types on the console until the text has come. Prints JSON: {"message": bytes of 30 as text,
"milliseconds": until they came, "init": what init's execve had made of it then, "status": how argv ended,
"console": what came on the console}.
"""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
import tty

CONSOLE, HANDSHAKE = 27, 30
PATIENCE = 8


def open_console(kind):
    """Descriptors: ours, and the helper's."""
    if kind == "pty":
        master, slave = pty.openpty()
        tty.setraw(slave)  # or the two terminals echo one another without end
        return slave, master
    ours, theirs = socket.socketpair()
    return ours.detach(), theirs.detach()


def start(argv, theirs, writer):
    """The helper with exactly these descriptors besides its standard ones."""
    for source, number in ((theirs, CONSOLE), (writer, HANDSHAKE)):
        os.dup2(source, number)
        os.close(source)
    helper = subprocess.Popen(argv, pass_fds=(CONSOLE, HANDSHAKE), stdout=subprocess.DEVNULL)
    os.close(CONSOLE)
    os.close(HANDSHAKE)
    return helper


def read_message(reader):
    data = b""
    while chunk := os.read(reader, 4096):
        data += chunk
    return data.decode()


def program_of_init(message):
    """The name of what init is at this moment."""
    try:
        monitor = json.loads(message)["running"]["id"]
        with open(f"/proc/{monitor}/task/{monitor}/children", encoding="ascii") as file:
            init = file.read().split()[0]
        with open(f"/proc/{init}/comm", encoding="ascii") as file:
            return file.read().strip()
    except (ValueError, KeyError, IndexError, OSError):
        return None


def converse(console, text, until):
    os.write(console, text.encode())
    data = b""
    deadline = time.monotonic() + PATIENCE
    while until.encode() not in data and time.monotonic() < deadline:
        if select.select([console], [], [], 0.1)[0]:
            data += os.read(console, 4096)
    return data.decode(errors="replace")


def main():
    order = json.loads(sys.argv[1])
    ours, theirs = open_console(order["console"])
    reader, writer = os.pipe()
    begin = time.monotonic()
    helper = start(order["argv"], theirs, writer)
    if order.get("kill_when") is not None:
        while not os.path.exists(order["kill_when"]):
            time.sleep(0.01)
        helper.send_signal(signal.SIGKILL)
    message = read_message(reader)
    result = {
        "message": message,
        "milliseconds": (time.monotonic() - begin) * 1000,
        "init": program_of_init(message),
        "status": helper.wait(),
        "console": converse(ours, order["type"], order["until"]) if "type" in order else "",
    }
    print(json.dumps(result))


main()
