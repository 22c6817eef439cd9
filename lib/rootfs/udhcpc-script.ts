/**
 * The program that udhcpc runs when a lease begins, changes or ends (udhcpc's `-s`). It is written for
 * busybox's shell and `ip` only.
 */

/** POSIX sh. Every word that a DHCP server chose is data: it is quoted, or split at spaces without globbing. */
export const udhcpcScript = `#!/bin/sh
# Configures a network interface. udhcpc runs this with the event as $1 and the lease in the environment:
# interface, ip, mask (its length in bits), broadcast, mtu, router, dns, domain, search.
set -euf
: "\${interface:?is set by udhcpc}"

case "\${1:-}" in
deconfig)
	# Before the first lease, and when one is lost: up, so that requests can be sent, and without an address.
	ip -4 addr flush dev "$interface"
	ip link set dev "$interface" up
	;;
bound | renew)
	address="\${ip:?is set by udhcpc}/\${mask:-32}"
	if [ -n "\${mtu:-}" ]; then
		ip link set dev "$interface" mtu "$mtu"
	fi
	# A renewal mostly changes nothing: connections go on.
	if ! ip -4 addr show dev "$interface" | grep -qF " $address "; then
		ip -4 addr flush dev "$interface"
		ip addr add "$address" broadcast "\${broadcast:-+}" dev "$interface"
	fi

	while ip route del default dev "$interface" 2>/dev/null; do
		:
	done
	metric=0
	for gateway in \${router:-}; do
		if [ "\${mask:-32}" = 32 ]; then
			# Nothing else is on the link of a single address: the gateway has to be put there.
			ip route replace "$gateway" dev "$interface"
		fi
		ip route add default via "$gateway" dev "$interface" metric "$metric"
		metric=$((metric + 1))
	done

	if [ -n "\${dns:-}" ]; then
		{
			if [ -n "\${search:-\${domain:-}}" ]; then
				printf 'search %s\\n' "\${search:-$domain}"
			fi
			for server in $dns; do
				printf 'nameserver %s\\n' "$server"
			done
		} >/etc/resolv.conf
	fi
	;;
leasefail | nak)
	# udhcpc goes on asking; what is configured stays.
	echo "udhcpc: $interface: no lease ($1)\${message:+: $message}" >&2
	;;
*)
	echo "usage: $0 deconfig|bound|renew|leasefail|nak, by udhcpc" >&2
	exit 1
	;;
esac
`;
