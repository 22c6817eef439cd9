// The disk that carries the project into a test machine: the package as it is built here, its tests, and of
// node_modules what Jest and the package need at run time.
'use strict';
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { packageFolders } = require('../package-folders');
const { packageRoot, runOrFail } = require('../steps');
const { unsafeFolder } = require('../unsafe/monitor');
const { probeFolder } = require('../unsafe/probe');
const { makeDisk } = require('./disk');

const folders = ['dist', 'examples', 'lib', 'scripts', 'systemd', 'test'];
// SECURITY.md has a list that a recipe compares.
const files = ['package.json', 'jest.config.js', 'SECURITY.md', ...folders];
const products = ['Release/tslxc.node', 'Release/tslxc-monitor', 'bundle.compiled'].map((name) =>
  join('build', name),
);
/** Development packages that run tests; the others check and build, which has been done. */
const testPackages = ['jest', '@swc/core', '@swc/jest', 'fast-check'];
const megabytes = 512;

/** What else a flavour brings: the probe and the weak monitors of controls are found by the sources that they are made of. */
const brought = { 'probe and weak monitors': ['native', unsafeFolder, probeFolder] };

/** Makes the image; `command` is the line of shell that the machine runs in the project's folder. */
async function makeProjectDisk(image, { command, work, brings }) {
  const tree = join(work, 'project');
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const packages = packageFolders([...Object.keys(dependencies), ...testPackages]);
  mkdirSync(tree);
  for (const path of [...files, ...products, ...(brought[brings] ?? []), ...packages]) {
    const target = join(tree, path);
    mkdirSync(dirname(target), { recursive: true });
    await runOrFail(['cp', '-a', '--reflink=auto', join(packageRoot, path), target], (output) =>
      output.trim(),
    );
  }
  writeFileSync(join(tree, 'vm-command'), `${command}\n`);
  await makeDisk(image, { tree, megabytes });
}

module.exports = { makeProjectDisk };
