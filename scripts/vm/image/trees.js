// The two Debian trees of the VM tier: the machine's own root, and one that is a container's root there.
'use strict';
const { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { makeDebianTree, withoutDocuments } = require('../../debian-sources');
const { inTree } = require('./in-tree');
const { addNode } = require('./node');
const { keepNoProfile, extendPolicy } = require('./security');

const suite = 'trixie';
const guest = join(dirname(__dirname), 'guest');

const machinePackages = [
  'systemd systemd-sysv dbus udev kmod mount util-linux procps iproute2',
  'busybox-static nodejs python3 strace',
  'nftables dnsmasq-base',
  'e2fsprogs xfsprogs btrfs-progs squashfs-tools qemu-utils lvm2',
  'apparmor attr selinux-policy-default selinux-utils policycoreutils',
  'libvirt-clients libvirt-daemon-common polkitd',
].flatMap((line) => line.split(' '));

const containerPackages =
  'systemd systemd-sysv dbus udev util-linux login passwd procps iproute2'.split(' ');

/** What root types at the container's login prompt; test/vm knows it too. */
const containerPassword = 'container';

/** Units of the machine that no test needs and that take time under emulation. */
const maskedUnits = [
  'getty.target ldconfig.service systemd-firstboot.service systemd-hwdb-update.service',
  'apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer',
  'e2scrub_reap.service fstrim.timer systemd-tmpfiles-clean.timer systemd-network-generator.service',
  'systemd-networkd.service systemd-networkd.socket systemd-networkd-persistent-storage.service',
  'systemd-journal-catalog-update.service systemd-journal-flush.service systemd-rfkill.socket',
  'systemd-machine-id-commit.service systemd-pcrphase.service systemd-pcrphase-sysinit.service',
  'systemd-pstore.service systemd-random-seed.service systemd-udev-load-credentials.service',
  'systemd-creds.socket systemd-sysext.socket systemd-ask-password-console.path',
  'systemd-ask-password-wall.path modprobe@drm.service modprobe@efi_pstore.service',
  'selinux-autorelabel-mark.service libvirt-guests.service',
].flatMap((line) => line.split(' '));

async function makeTree(tree, packages) {
  mkdirSync(tree);
  await makeDebianTree(tree, { suite, packages, options: withoutDocuments });
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists']) {
    for (const name of readdirSync(join(tree, folder))) {
      rmSync(join(tree, folder, name), { recursive: true });
    }
  }
}

/** The machine's root; its kernels' modules come later. */
async function makeMachineTree(tree) {
  await makeTree(tree, machinePackages);
  const files = {
    'etc/hostname': 'testvm\n',
    'etc/hosts': '127.0.0.1 localhost testvm\n::1 localhost\n',
    'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
    'etc/fstab': '/dev/vda / ext4 noatime 0 0\n',
    'etc/systemd/journald.conf.d/vm.conf': '[Journal]\nStorage=volatile\n',
    // As they are now: no unit has to bring them up to date at the first boot.
    'etc/.updated': '',
    'var/.updated': '',
  };
  for (const folder of ['project', 'containers', 'etc/systemd/journald.conf.d']) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(tree, path), text);
  copyFileSync(join(guest, 'vmtest-run'), join(tree, 'usr/local/sbin/vmtest-run'));
  copyFileSync(join(guest, 'vmtest.service'), join(tree, 'etc/systemd/system/vmtest.service'));
  await inTree(tree, 'systemctl', '--quiet', 'enable', 'vmtest.service');
  await inTree(tree, 'systemctl', '--quiet', 'set-default', 'multi-user.target');
  await inTree(tree, 'systemctl', '--quiet', 'mask', ...maskedUnits);
  await addNode(tree);
  keepNoProfile(tree);
  await extendPolicy(tree);
}

/** A Debian as it comes from the archive, but for root's password: whatever stops it is our fault. */
async function makeContainerTree(tree) {
  await makeTree(tree, containerPackages);
  await inTree(tree, 'sh', '-c', `echo root:${containerPassword} | chpasswd`);
  // Both are made at the first boot; a container must not have this machine's.
  writeFileSync(join(tree, 'etc/machine-id'), '');
  writeFileSync(join(tree, 'etc/hostname'), '');
}

module.exports = { makeContainerTree, makeMachineTree };
