// The package's install script, and so what `npm rebuild tslxc` runs: it takes the native code that the package brings, where
// that works, and compiles it from source where it does not, which takes a minute or more, and says which of both, and why.
// Then it has this version of Node compile the command. Without it (`npm install --ignore-scripts`) what the package brings is
// found as well, and the command starts a little later. In the environment npm_config_build_from_source=true has it compiled
// in any case. It fetches nothing.
'use strict';
const { buildNative } = require('./build-native');
const { tryToCompileBundle } = require('./compile-bundle');
const { prebuiltFault } = require('./prebuilt');
const { main, say } = require('./steps');

/** Why the native code has to be compiled, or undefined. */
function reasonToBuild() {
  if (process.env.npm_config_build_from_source === 'true') return 'it was asked for';
  return prebuiltFault();
}

main('tslxc install', async () => {
  const reason = reasonToBuild();
  if (reason === undefined) {
    say(`the package's own native code for linux-${process.arch} works here: nothing to compile`);
  } else {
    say(`the native code is compiled from source: ${reason}`);
    await buildNative();
  }
  say('compiling the command with this version of Node.js');
  await tryToCompileBundle();
});
