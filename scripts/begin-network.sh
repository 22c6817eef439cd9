#!/bin/sh
# Begins a network namespace of the tests' own, and becomes the command: lo is up, and nothing is forwarded. A new namespace takes its
# parameters from the host's first one (net.core.devconf_inherit_init_net), which may forward, as it does with Docker.
set -eu
ip link set lo up
for switch in ipv4/ip_forward ipv6/conf/all/forwarding; do
  if [ -e "/proc/sys/net/$switch" ]; then echo 0 >"/proc/sys/net/$switch"; fi
done
# It may get the inode number of a former one, whose folders are still there: the comparison of the host before and after would take
# them for its own.
rm -rf "/run/tslxc-names/$(stat -Lc %i /proc/self/ns/net)"-*
exec "$@"
