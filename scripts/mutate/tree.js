// A copy of the working tree in which mutants are tried, so that the tree itself stays unchanged even if this process is killed.
'use strict';
const { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('../steps');

const workshop = join(packageRoot, 'build', 'mutate');
const made = ['.git', 'build', 'dist', 'node_modules'];

function isAlive(pid) {
  return existsSync(`/proc/${pid}`);
}

/** Removes the folders of processes that were killed. */
function forgetOthers() {
  for (const name of readdirSync(workshop)) {
    const [, pid] = /^(?:tree|run)-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(pid)) rmSync(join(workshop, name), { recursive: true });
  }
}

/** The path of an empty folder of this process, as `tree` or `run`. */
function makeFolder(kind) {
  mkdirSync(workshop, { recursive: true });
  forgetOthers();
  const folder = join(workshop, `${kind}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

/** Copies everything that is not generated, and links node_modules. */
function copyTree(folder) {
  for (const name of readdirSync(packageRoot)) {
    if (made.includes(name)) continue;
    cpSync(join(packageRoot, name), join(folder, name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
}

/** The path of one for this process. */
function makeTree() {
  const folder = makeFolder('tree');
  copyTree(folder);
  return folder;
}

module.exports = { copyTree, makeFolder, makeTree, workshop };
