// Runs programs of a Debian tree in it.
'use strict';
const { runOrFail } = require('../../steps');

/** Runs a program with the tree as its root; its failure is an error with what it wrote. */
function inTree(tree, ...argv) {
  return runOrFail(['chroot', tree, ...argv], (output) => `${argv[0]}: ${output.trim()}`);
}

module.exports = { inTree };
