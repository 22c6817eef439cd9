#!/bin/sh
# Takes back what install.sh has done, but for the package's own unit, which other containers may use.
set -eu
systemctl disable --now tslxc@clock
rm -r /etc/systemd/system/tslxc@clock.service.d
systemctl daemon-reload
tslxc -q undefine clock
rm -r /var/lib/clock
