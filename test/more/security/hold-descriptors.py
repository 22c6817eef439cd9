# Opens a hundred descriptors of all kinds that survive execve, from 100 on with gaps between them, and executes a
# program. argv: a scratch folder, the program and its words.
import os, select, socket, sys

folder, program = sys.argv[1], sys.argv[2:]
path = os.path.join(folder, 'held')
os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
polls = [select.epoll()]
kinds = [
    lambda: os.open(folder, os.O_RDONLY | os.O_DIRECTORY),
    lambda: os.open('/', os.O_PATH),
    lambda: os.open(path, os.O_RDWR),
    lambda: os.open('/etc/shadow', os.O_RDONLY),
    lambda: os.open('/proc/self/ns/mnt', os.O_RDONLY),
    lambda: os.open('/dev/zero', os.O_RDWR),
    lambda: os.memfd_create('held'),
    lambda: os.eventfd(0),
    lambda: os.pidfd_open(os.getpid()),
    lambda: os.pipe()[0],
    lambda: polls[0].fileno(),
    lambda: socket.socket(socket.AF_UNIX).detach(),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).detach(),
]
for index in range(100):
    os.dup2(kinds[index % len(kinds)](), 100 + 2 * index, inheritable=True)
os.execv(program[0], program)
