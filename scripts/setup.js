// Installs and builds whatever is missing or out of date, and says what it does while it does it: Debian
// packages, npm packages, the native code, dist/. A second run finds all in place and takes no time.
// Runs before anything is installed, so it uses only what Node brings.
'use strict';
const { existsSync, statSync } = require('node:fs');
const { join } = require('node:path');
const native = require('./build-native');
const typescript = require('./build-typescript');
const { compileBundle } = require('./compile-bundle');
const { installPackages } = require('./debian-packages');
const { fingerprint, remember, remembered } = require('./fingerprint');
const { main, packageRoot, runOrFail, say } = require('./steps');

const modules = join(packageRoot, 'node_modules');
const record = join(modules, '.tslxc-lock-fingerprint');

function modulesAreCurrent(wanted) {
  const known = remembered(record);
  if (known !== '') return known === wanted;
  // Installed by hand: npm writes this file last.
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(join(packageRoot, 'package-lock.json')).mtimeMs;
}

function npmError(output) {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (ERR!|error) ?/, '').trim())
    .filter((line) => line !== '' && !/^(code |errno |A complete log)/.test(line));
  return lines[0] ?? 'no reason given';
}

/** npm ci without the packages' scripts: none of ours needs them, and native code is built below. */
async function installModules() {
  const wanted = fingerprint(packageRoot, ['package-lock.json']);
  if (!modulesAreCurrent(wanted)) {
    say('installing the npm packages of package-lock.json');
    const argv = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runOrFail(argv, (output) => `npm can't install the packages: ${npmError(output)}`);
  }
  if (remembered(record) !== wanted) remember(record, wanted);
}

/** Makes everything ready for purposes: `hello`, `test`, `long` and others of debian-packages.js. */
async function setUp(...purposes) {
  for (const purpose of purposes) await installPackages(purpose);
  await installModules();
  if (!native.isCurrent()) await native.buildNative();
  if (!typescript.isCurrent()) await typescript.buildTypeScript();
  await compileBundle();
}

module.exports = { setUp };

if (require.main === module) main('set-up', () => setUp('test'));
