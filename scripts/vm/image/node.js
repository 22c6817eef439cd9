// The Node.js of the test machines: the one that runs here, where it can. Debian's is built without a snapshot of its
// own start, and takes twice as long for that; most of what a command does under emulation is to start.
'use strict';
const { chmodSync, copyFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { run } = require('../../steps');

/** One whose engine is a library of the system can't be taken along: that is Debian's. */
const isAlone = process.config.variables.node_shared !== true;

/** What the image has of it, as a text that tells images apart. */
const nodeIdentity = isAlone ? process.version : 'as in Debian';

/** Puts it before Debian's own, unless it needs newer libraries than the tree has. */
async function addNode(tree) {
  if (!isAlone) return;
  const path = '/usr/local/bin/node';
  const target = join(tree, path);
  copyFileSync(process.execPath, target);
  chmodSync(target, 0o755);
  const { code } = await run(['chroot', tree, path, '--version']);
  if (code !== 0) rmSync(target);
}

module.exports = { addNode, nodeIdentity };
