// The root of a machine with an arm64 processor. Its packages are unpacked and not configured, since nothing of them runs here:
// so it has an init of its own instead of systemd, and the accounts that a package would have made.
'use strict';
const { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { makeDebianTree, withoutDocuments } = require('../../debian-sources');

const suite = 'trixie';
const guest = join(dirname(__dirname), 'guest');

const packages = [
  'base-files busybox-static coreutils dash kmod mount util-linux',
  'nodejs iproute2 nftables dnsmasq-base',
].flatMap((line) => line.split(' '));

const files = {
  'etc/hostname': 'testvm\n',
  'etc/hosts': '127.0.0.1 localhost testvm\n::1 localhost\n',
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\n' +
    'dnsmasq:x:100:65534:dnsmasq:/var/lib/misc:/usr/sbin/nologin\n' +
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\ntty:x:5:\ndip:x:30:\nnogroup:x:65534:\n',
};

const folders = ['dev', 'proc', 'sys', 'run', 'tmp', 'project', 'root', 'var/lib/misc', 'etc'];

async function makeArmTree(tree) {
  mkdirSync(tree);
  const options = withoutDocuments;
  await makeDebianTree(tree, { suite, variant: 'extract', arch: 'arm64', packages, options });
  for (const folder of folders) mkdirSync(join(tree, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(tree, path), text);
  const init = join(tree, 'usr/sbin/init');
  rmSync(init, { force: true });
  copyFileSync(join(guest, 'arm64-init'), init);
  chmodSync(init, 0o755);
}

module.exports = { makeArmTree };
