#!/bin/sh
# Makes the root of the container, defines the domain, and has systemd start it now and at each boot.
set -eu
here=$(dirname "$(realpath "$0")")
package=$(realpath "$here/../..")

# Only the host's root may look into the folder: a set-uid program of the container's root belongs to the host's on disk.
install -d -m 0700 /var/lib/clock
[ -e /var/lib/clock/root ] || tslxc -q mkroot /var/lib/clock/root
tslxc -q define "$here/clock.xml"

install -m 0644 "$package/systemd/tslxc@.service" /etc/systemd/system/
install -d /etc/systemd/system/tslxc@clock.service.d
install -m 0644 "$here/tslxc@clock.service.d/restart.conf" /etc/systemd/system/tslxc@clock.service.d/
systemctl daemon-reload
systemctl enable --now tslxc@clock
