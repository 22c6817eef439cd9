// The native code that the package brings for a machine: where it lies, and whether it works on this one.
'use strict';
const { accessSync, constants, existsSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('./steps');

/** The addon, and the monitor. */
const products = ['tslxc.node', 'tslxc-monitor'];

/** Node's name of a machine's architecture, in the name of the folder; lib/host/package-paths.ts looks there too. */
function prebuiltFolder(arch = process.arch) {
  return join(packageRoot, 'prebuilds', `linux-${arch}`);
}

/** Why what the package brings can't be used on this machine, in a few words; undefined when it can. */
function prebuiltFault() {
  const [addon, monitor] = products.map((name) => join(prebuiltFolder(), name));
  if (![addon, monitor].every((path) => existsSync(path))) {
    return `this package brings none for linux-${process.arch}`;
  }
  try {
    accessSync(monitor, constants.X_OK);
    // Of another C library, or of a newer one, it fails here.
    process.dlopen({ exports: {} }, addon);
    return undefined;
  } catch (error) {
    return `what this package brings does not run here (${error.message.split('\n')[0]})`;
  }
}

module.exports = { prebuiltFault, prebuiltFolder, products };
