#!/bin/sh
# Runs a command with what peers need, within a world of its own (scripts/own-world.sh): a /sys that shows the interfaces of this
# network namespace, where lxc looks for its bridge, no v2 tree of cgroups beside those of v1, which crun and libvirt refuse, and a
# /dev/null of its own: crun gives the streams of a container with a user namespace to that container's root.
set -eu

mkdir /run/sys
mount -t sysfs -o nosuid,nodev,noexec sysfs /run/sys
for folder in fs/cgroup fs/selinux kernel/security; do
  if mountpoint -q "/sys/$folder"; then mount --move "/sys/$folder" "/run/sys/$folder"; fi
done
umount -l /sys
mount --move /run/sys /sys
rmdir /run/sys

if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi

mknod -m 666 /run/null c 1 3
mount --bind /run/null /dev/null
exec "$@"
