// The package on a fresh machine without a compiler: npm installs it in seconds, with and without its scripts, and it works.
'use strict';
const { mkdtempSync, rmSync } = require('node:fs');
const { arch, tmpdir } = require('node:os');
const { join } = require('node:path');
const { addFile, runInTree } = require('../fresh-debian');
const { packPackage } = require('../packed-package');
const { helloLife, lifeFault } = require('./transcripts');

/** Seconds that an installation may take. */
const limit = 15;
const name = 'tslxc.tgz';

const findCompiler = ['sh', '-c', 'command -v cc || command -v g++ || command -v make'];

/** Installs it in a project of its own, and runs it: rows of what, seconds, and what is wrong. */
async function tryInstallation(tree, options) {
  const words = ['npm', 'install', '--no-audit', '--no-fund', ...options];
  const what = `npm install ${options.join(' ')}`.trim();
  await runInTree(tree, ['sh', '-c', 'rm -rf project && mkdir project']);
  const line = `cd project && npm init --yes >/dev/null && exec ${words.join(' ')} ../${name}`;
  const install = await runInTree(tree, ['sh', '-c', line]);
  const tooLong = install.seconds > limit ? `took more than ${limit} s` : undefined;
  const fault = install.code === 0 ? tooLong : `exit code ${install.code}`;
  const life = await runInTree(tree, ['sh', '-c', `cd project && ${helloLife('npx tslxc')}`]);
  return [
    [what, install.seconds, fault],
    [`hello world after ${what}`, life.seconds, lifeFault(life)],
  ];
}

/** Tries all of it in a fresh tree. */
async function examinePackage(tree) {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-pack-'));
  try {
    addFile(tree, name, await packPackage(folder, arch()));
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { code, seconds } = await runInTree(tree, findCompiler);
  return [
    ['no compiler is there', seconds, code === 0 ? 'there is one' : undefined],
    ...(await tryInstallation(tree, [])),
    ...(await tryInstallation(tree, ['--ignore-scripts'])),
  ];
}

module.exports = { examinePackage };
