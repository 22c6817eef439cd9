// The disk that carries the project into a test machine: the package as it is built here, its tests, and of
// node_modules what Jest and the package need at run time.
'use strict';
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { packageRoot, runOrFail } = require('../steps');
const { makeDisk } = require('./disk');

const folders = ['dist', 'examples', 'lib', 'scripts', 'systemd', 'test'];
const files = ['package.json', 'jest.config.js', ...folders];
const products = ['Release/tslxc.node', 'Release/tslxc-monitor', 'bundle.compiled'].map((name) =>
  join('build', name),
);
/** Development packages that run tests; the others check and build, which has been done. */
const testPackages = ['jest', '@swc/core', '@swc/jest', 'fast-check'];
const megabytes = 512;

/** Where Node finds `name` from the folder of a package: in it, or in one of those around it. */
function resolvePackage(locked, name, from) {
  for (
    let folder = from;
    ;
    folder = folder.replace(/(^|\/)node_modules\/(?!.*node_modules\/).*$/, '')
  ) {
    const path = join(folder, 'node_modules', name);
    if (path in locked) return path;
    if (folder === '') return undefined;
  }
}

/** The folders of all packages that `names` need, of those that are installed. */
function packageFolders(names) {
  const lock = JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8'));
  const locked = lock.packages;
  const found = new Set();
  const visit = (name, from) => {
    const path = resolvePackage(locked, name, from);
    if (path === undefined || found.has(path) || !existsSync(join(packageRoot, path))) return;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = locked[path];
    const needs = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const need of Object.keys(needs)) visit(need, path);
  };
  for (const name of names) visit(name, '');
  return [...found].sort();
}

/** Makes the image; `command` is the line of shell that the machine runs in the project's folder. */
async function makeProjectDisk(image, { command, work }) {
  const tree = join(work, 'project');
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const packages = packageFolders([...Object.keys(dependencies), ...testPackages]);
  // A package's own node_modules come along with it.
  const outer = packages.filter((path) => !packages.some((other) => path.startsWith(`${other}/`)));
  mkdirSync(tree);
  for (const path of [...files, ...products, ...outer]) {
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
