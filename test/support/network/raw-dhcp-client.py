"""A DHCP client with a raw socket, as dhclient, dhcpcd and systemd-networkd have one: only the client itself checks
the answer's UDP checksum. Prints the address offered, the checksum (`right`, `wrong`, or `open`: the kernel says that it
has not been filled in, packet(7), PACKET_AUXDATA), and the milliseconds that the answer took."""

import socket
import struct
import sys
import time

INTERFACE = sys.argv[1]
TRANSACTION = 0x74736C78
ETH_P_IP = 0x0800
# packet(7)
SOL_PACKET = 263
PACKET_AUXDATA = 8
TP_STATUS_CSUMNOTREADY = 8


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def discover(mac):
    bootp = struct.pack("!BBBBIHH", 1, 1, 6, 0, TRANSACTION, 0, 0)
    bootp += bytes(16) + mac + bytes(10) + bytes(192)
    bootp += b"\x63\x82\x53\x63" + b"\x35\x01\x01" + b"\x37\x02\x01\x03" + b"\xff"
    udp = struct.pack("!HHHH", 68, 67, 8 + len(bootp), 0) + bootp
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + bytes(4) + b"\xff" * 4
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + udp


def answer_to(packet, status):
    """The offered address and the state of the checksum, if it is an answer to us."""
    size = (packet[0] & 0x0F) * 4
    if packet[9] != 17 or struct.unpack("!HH", packet[size : size + 4]) != (67, 68):
        return None
    length = struct.unpack("!H", packet[size + 4 : size + 6])[0]
    udp = packet[size : size + length]
    if struct.unpack("!I", udp[12:16])[0] != TRANSACTION:
        return None
    pseudo = packet[12:20] + struct.pack("!BBH", 0, 17, length)
    state = "right" if checksum(pseudo + udp) == 0 else "wrong"
    return socket.inet_ntoa(udp[24:28]), "open" if status & TP_STATUS_CSUMNOTREADY else state


raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
raw.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
raw.bind((INTERFACE, ETH_P_IP))
raw.settimeout(5)
begin = time.monotonic()
raw.sendto(discover(raw.getsockname()[4]), (INTERFACE, ETH_P_IP, 0, 0, b"\xff" * 6))
while True:
    packet, extra, _, _ = raw.recvmsg(2048, 256)
    [auxiliary] = [data for level, kind, data in extra if (level, kind) == (SOL_PACKET, PACKET_AUXDATA)]
    found = answer_to(packet, struct.unpack("=I", auxiliary[:4])[0])
    if found:
        print("%s %s %d" % (*found, (time.monotonic() - begin) * 1000))
        break
