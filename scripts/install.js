// The package's install script, and so what `npm rebuild tslxc` runs: it takes the native code that the package brings, where
// that works, and compiles it from source where it does not, which takes a minute or more, and says which of both, and why.
// What works is not left behind an earlier build, which would be loaded first.
// Then it has this version of Node compile the command. Without it (`npm install --ignore-scripts`) what the package brings is
// found as well, and the command starts a little later. In the environment npm_config_build_from_source=true has it compiled
// in any case. It fetches nothing.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { buildNative, removeBuilt } = require('./build-native');
const { tryToCompileBundle } = require('./compile-bundle');
const { prebuiltFault } = require('./prebuilt');
const { main, packageRoot, say } = require('./steps');

/** Why the native code has to be compiled, or undefined. */
function reasonToBuild() {
  if (process.env.npm_config_build_from_source === 'true') return 'it was asked for';
  return prebuiltFault();
}

/** A clone has sources that no package brings, and what is built there is its developer's. */
const isClone = existsSync(join(packageRoot, 'lib'));

/** What an earlier build has left would be loaded before what the package brings, however old or broken it is. */
function takeOwn() {
  say(`the package's own native code for linux-${process.arch} works here: nothing to compile`);
  const removed = isClone ? [] : removeBuilt();
  if (removed.length === 0) return;
  say(`removed an earlier build, which would be loaded instead: ${removed.join(', ')}`);
}

main('tslxc install', async () => {
  const reason = reasonToBuild();
  if (reason === undefined) {
    takeOwn();
  } else {
    say(`the native code is compiled from source: ${reason}`);
    await buildNative();
  }
  say('compiling the command with this version of Node.js');
  await tryToCompileBundle();
});
