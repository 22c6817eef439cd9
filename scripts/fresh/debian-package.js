// The Debian package on a fresh machine: dpkg installs it, what it brings is where it belongs, it works, and it goes again.
'use strict';
const { arch } = require('node:os');
const { makePackages } = require('../deb');
const { addFile, runInTree } = require('../fresh-debian');
const { helloLife, lifeFault } = require('./transcripts');

const name = 'tslxc.deb';

/** What it installs that the distribution looks for. */
const paths = [
  '/usr/bin/tslxc',
  '/usr/lib/systemd/system/tslxc@.service',
  '/usr/lib/systemd/system/tslxc-autostart.service',
  '/usr/lib/systemd/system/tslxcd.service',
  '/usr/lib/systemd/system/tslxcd.socket',
  '/usr/lib/systemd/system/tslxcd-ro.socket',
  '/usr/share/man/man1/tslxc.1.gz',
  '/usr/share/bash-completion/completions/tslxc',
  '/usr/share/fish/vendor_completions.d/tslxc.fish',
  '/usr/share/zsh/vendor-completions/_tslxc',
  '/usr/share/doc/tslxc/copyright',
  '/usr/share/doc/tslxc/examples/README.md',
  // Made by its script.
  '/var/cache/tslxc/bundle.compiled',
];

const removed = `dpkg --purge tslxc
for path in /usr/bin/tslxc /usr/lib/tslxc /var/cache/tslxc; do
  if [ -e "$path" ]; then echo "$path is still there"; exit 1; fi
done`;

/** Tries all of it in a fresh tree: rows of what, seconds, and what is wrong. */
async function examineDebianPackage(tree) {
  const [file] = await makePackages([arch()]);
  addFile(tree, name, file);
  const steps = [
    ['dpkg installs it', `dpkg --install ${name}`],
    ['all is where it belongs', paths.map((path) => `test -s ${path}`).join(' && ')],
    ['the command is found', 'test "$(command -v tslxc)" = /usr/bin/tslxc && tslxc --version'],
  ];
  const rows = [];
  const attempt = async (what, script, faultOf) => {
    const result = await runInTree(tree, ['sh', '-c', script]);
    rows.push([`the Debian package: ${what}`, result.seconds, faultOf(result)]);
  };
  const byCode = ({ code }) => (code === 0 ? undefined : `exit code ${code}`);
  for (const [what, script] of steps) await attempt(what, script, byCode);
  await attempt('hello world', helloLife('tslxc'), lifeFault);
  await attempt('purged, nothing of it is left', removed, byCode);
  return rows;
}

module.exports = { examineDebianPackage };
