# Exchanges two names of a folder as fast as it can, until its input ends. argv: folder, name, name.
import ctypes, os, select, sys

libc = ctypes.CDLL(None, use_errno=True)
RENAME_EXCHANGE = 2
folder = os.open(sys.argv[1], os.O_PATH | os.O_DIRECTORY)
one, other = (name.encode() for name in sys.argv[2:4])
print('ready', flush=True)
while not select.select([0], [], [], 0)[0]:
    for _ in range(200):
        libc.renameat2(folder, one, folder, other, RENAME_EXCHANGE)
