"""Ethernet frames that a container sends, true and spoofed, and a listener that says which of them arrive.

listen INTERFACE prints "ready", and the names of what arrived once the frame "end" has.
send INTERFACE MAC ADDRESS NAME... sends those frames, in this order, and then "end".
"""

import re
import socket
import struct
import sys

nowhere, everyone = "02:00:00:00:00:99", "ff:ff:ff:ff:ff:ff"
stranger_mac, stranger = "02:00:00:00:00:66", "192.0.2.66"


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def frame(source, destination, protocol, body):
    return mac_bytes(destination) + mac_bytes(source) + protocol + body


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(source, destination, ports, mark):
    udp = struct.pack("!HHHH", *ports, 8 + len(mark), 0) + mark
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0)
    return head[:10] + struct.pack("!H", checksum(head + ends)) + ends + udp


def packet6(mark):
    ends = socket.inet_pton(socket.AF_INET6, "2001:db8::10") + socket.inet_pton(socket.AF_INET6, "2001:db8::99")
    return struct.pack("!IHBB", 0x60000000, len(mark), 59, 64) + ends + mark


def arp(sender_mac, sender, mark):
    words = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2)
    target = mac_bytes(nowhere) + socket.inet_aton("192.0.2.99")
    return words + mac_bytes(sender_mac) + socket.inet_aton(sender) + target + mark


def frames(mac, own, name, mark):
    ip, arp_type = b"\x08\x00", b"\x08\x06"
    vlan = b"\x81\x00\x00\x2a" + ip
    plain = (4000, 4000)
    return {
        "unicast": frame(mac, nowhere, ip, packet(own, "192.0.2.99", plain, mark)),
        "broadcast": frame(mac, everyone, ip, packet(own, "192.0.2.255", plain, mark)),
        "dhcp": frame(mac, everyone, ip, packet("0.0.0.0", "255.255.255.255", (68, 67), mark)),
        "nobody": frame(mac, nowhere, ip, packet("0.0.0.0", "192.0.2.99", plain, mark)),
        "arp": frame(mac, everyone, arp_type, arp(mac, own, mark)),
        "mac": frame(stranger_mac, nowhere, ip, packet(own, "192.0.2.99", plain, mark)),
        "ip": frame(mac, nowhere, ip, packet(stranger, "192.0.2.99", plain, mark)),
        "arp-mac": frame(mac, everyone, arp_type, arp(stranger_mac, own, mark)),
        "arp-ip": frame(mac, everyone, arp_type, arp(mac, stranger, mark)),
        "vlan": frame(mac, nowhere, vlan, packet(own, "192.0.2.99", plain, mark)),
        "vlan-ip": frame(mac, nowhere, vlan, packet(stranger, "192.0.2.99", plain, mark)),
        "ipv6": frame(mac, nowhere, b"\x86\xdd", packet6(mark)),
        "rarp": frame(mac, nowhere, b"\x80\x35", arp(mac, own, mark)),
        "end": frame(mac, nowhere, ip, packet(own, "192.0.2.99", plain, mark)),
    }[name]


def send(interface, mac, own, *names):
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind((interface, 0))
    for name in [*names, "end"]:
        link.send(frames(mac, own, name, f"<{name}>".encode()))


def listen(interface):
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    link.bind((interface, 0))
    link.settimeout(20)
    print("ready", flush=True)
    seen = []
    while "end" not in seen:
        seen += re.findall(r"<([a-z0-9-]+)>", link.recv(2000).decode("latin1"))
    print(" ".join(seen[:-1]))


{"send": send, "listen": listen}[sys.argv[1]](*sys.argv[2:])
