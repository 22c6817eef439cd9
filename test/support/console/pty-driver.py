#!/usr/bin/env python3
"""Runs a program on a real pty for PtySession: lines of JSON in, lines of JSON out.

In:  {"write": base64}, {"resize": [rows, columns]}.  End of input hangs the terminal up.
Out: {"pid": N} first, {"data": base64} as it comes, {"exit": code} or {"signal": number} last.
It never interprets what the program writes.
"""

import base64
import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios
import time

CHUNK = 65536
# After the program's end, output may still be in the pty, and another process may hold the terminal open for this long.
DRAIN_SECONDS = 0.2
HANG_UP_SECONDS = 5


def set_size(descriptor, rows, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def say(message):
    """Reports to the test. If the test has gone, the report is dropped; the end of input follows."""
    line = json.dumps(message).encode() + b"\n"
    try:
        while line:
            line = line[os.write(1, line) :]
    except BrokenPipeError:
        pass


def run_program(argv, slave):
    """The child's side of the fork: a session on the terminal, and Python's signal settings taken back."""
    os.login_tty(slave)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    os._exit(127)


class Driver:
    def __init__(self, pid, master):
        self.pid = pid
        self.master = master
        self.pidfd = os.pidfd_open(pid)
        self.commands = b""
        self.pending = bytearray()
        self.open = True
        os.set_blocking(master, False)

    def read_master(self):
        """Passes on what the program wrote; false when there is nothing left."""
        try:
            data = os.read(self.master, CHUNK)
        except BlockingIOError:
            return False
        except OSError:  # EIO: no process has the terminal open any more
            data = b""
        if data:
            say({"data": base64.b64encode(data).decode()})
        else:
            self.open = False
        return bool(data)

    def read_commands(self):
        """Takes in what the test asks for; false at the end of input."""
        data = os.read(0, CHUNK)
        *lines, self.commands = (self.commands + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            if "write" in command:
                self.pending += base64.b64decode(command["write"])
            else:
                set_size(self.master, *command["resize"])
        return bool(data)

    def write_master(self):
        try:
            written = os.write(self.master, self.pending[:4096])
            del self.pending[:written]
        except BlockingIOError:
            pass
        except OSError:
            self.pending.clear()

    def serve(self):
        """Until the program ends, or the test closes its end."""
        while True:
            readers = [0, self.pidfd] + ([self.master] if self.open else [])
            writers = [self.master] if self.pending and self.open else []
            readable, writable, _ = select.select(readers, writers, [])
            if self.master in readable:
                self.read_master()
            if self.master in writable:
                self.write_master()
            if 0 in readable and not self.read_commands():
                return self.hang_up()
            if self.pidfd in readable:
                return self.drain()

    def drain(self):
        deadline = time.monotonic() + DRAIN_SECONDS
        while self.open and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.02)[0]:
                self.read_master()
            else:
                break

    def hang_up(self):
        """What a terminal does that goes away, and SIGKILL for who does not care."""
        os.close(self.master)
        self.open = False
        if not select.select([self.pidfd], [], [], HANG_UP_SECONDS)[0]:
            os.kill(self.pid, signal.SIGKILL)


def main():
    rows, columns, *argv = sys.argv[1:]
    master, slave = os.openpty()
    set_size(master, int(rows), int(columns))
    pid = os.fork()
    if pid == 0:
        run_program(argv, slave)
    os.close(slave)
    driver = Driver(pid, master)
    say({"pid": pid})
    driver.serve()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    say({"exit": code} if code >= 0 else {"signal": -code})


main()
