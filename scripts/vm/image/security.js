// What the security modules of the machine's kernel find on its root disk. None of it needs them in this kernel.
'use strict';
const { copyFileSync, readdirSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { inTree } = require('./in-tree');

/** What of AppArmor's folder other profiles include or are made of. */
const kept = ['abi', 'abstractions', 'tunables', 'disable', 'force-complain', 'local'];

/** Debian's hundred profiles take six seconds of each boot under emulation; no test is about them. */
function keepNoProfile(tree) {
  const folder = join(tree, 'etc/apparmor.d');
  for (const name of readdirSync(folder)) {
    if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true });
  }
}

/** Adds what the seed's labels need to Debian's policy: svirt.cil says what. */
async function extendPolicy(tree) {
  const file = '/usr/local/share/svirt.cil';
  copyFileSync(join(__dirname, 'svirt.cil'), join(tree, file));
  await inTree(tree, 'semodule', '--noreload', '--install', file);
}

/** Labels all files as the policy says, as the last thing that happens to the tree; mke2fs takes the labels along. */
async function labelFiles(tree) {
  const contexts = '/etc/selinux/default/contexts/files/file_contexts';
  const unlabelled = ['/proc', '/sys', '/dev'].flatMap((path) => ['-e', path]);
  await inTree(tree, 'setfiles', '-F', ...unlabelled, contexts, '/');
}

module.exports = { extendPolicy, keepNoProfile, labelFiles };
