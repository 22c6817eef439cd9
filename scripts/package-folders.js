// Which installed packages others need at run time, by package-lock.json.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('./steps');

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

/** The folders of all packages that `names` need, of those that are installed; what is within another's comes along with that. */
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
  const all = [...found].sort();
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)));
}

module.exports = { packageFolders };
