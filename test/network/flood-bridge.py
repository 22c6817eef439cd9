# Sends frames from ever new hardware addresses, each 60 bytes to an address that nobody has. Arguments: interface, how many.
import socket, sys

interface, count = sys.argv[1], int(sys.argv[2])
outlet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
outlet.bind((interface, 0))
for number in range(count):
    source = b'\x02\x00' + number.to_bytes(4, 'big')
    outlet.send(b'\x02\xff\xff\xff\xff\xfe' + source + b'\x88\xb5' + bytes(46))
