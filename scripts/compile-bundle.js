// Keeps what V8 makes of the package's one file, which the command then starts with. That is for the very version of
// Node that made it: it is made where the package is built or installed, with the addon, and is never packed.
'use strict';
const { existsSync, mkdirSync, mkdtempSync } = require('node:fs');
const { renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { main, packageRoot, say } = require('./steps');

const entry = join(packageRoot, 'dist', 'cli', 'main.js');

const rehearsedDomain = `<domain type='lxc'>
  <name>rehearsal</name>
  <memory unit='MiB'>64</memory>
  <os><type>exe</type><init>/bin/sh</init></os>
  <devices>
    <filesystem type='ram'><source usage='1024'/><target dir='/tmp'/></filesystem>
    <console type='pty'/>
  </devices>
</domain>
`;

/** Runs commands that leave nothing on the host: V8 keeps the functions that have run, and few others. */
async function rehearse({ main: run, processSurroundings }, folder) {
  const file = join(folder, 'rehearsal.xml');
  writeFileSync(file, rehearsedDomain);
  const silent = { write: () => undefined };
  const surroundings = { ...processSurroundings(), stdout: silent, stderr: silent };
  const lines = [
    ['define', file],
    ['list', '--all'],
    ['dumpxml', 'rehearsal'],
    ['dominfo', 'rehearsal'],
    ['plan', 'rehearsal'],
    ['undefine', 'rehearsal'],
  ];
  // Commands that fail because the user isn't root have run as well, so their code is kept too.
  for (const words of lines) await run(['--root', join(folder, 'root'), ...words], surroundings);
}

/** Does nothing where there is no command yet, or what there is fits it and this Node. */
async function compileBundle() {
  if (!existsSync(entry)) return;
  const { compiledPath, loadBundle } = require(entry);
  // An older one has no bundle.
  if (loadBundle === undefined) return;
  const { script, header, evaluate } = loadBundle();
  if (script.cachedDataRejected === false) return;
  const build = join(packageRoot, 'build');
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, 'rehearsal-'));
  try {
    await rehearse(evaluate().command(), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const draft = `${compiledPath}.new`;
  writeFileSync(draft, Buffer.concat([Buffer.from(header), script.createCachedData()]), {
    flush: true,
  });
  renameSync(draft, compiledPath);
}

/** As compileBundle, where it is no fault that it fails. */
async function tryToCompileBundle() {
  try {
    await compileBundle();
  } catch (error) {
    say(`the command will start more slowly: ${error.message}`);
  }
}

module.exports = { compileBundle, tryToCompileBundle };

if (require.main === module) main('tslxc build', tryToCompileBundle);
