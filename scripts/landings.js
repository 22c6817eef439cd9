// Packages of the last landings, for test/network-long/landings.test.ts: what one of them has begun, another has to go on with. Each is taken from
// the history and built once, which takes some minutes, in the cache of the tests.
'use strict';
const { execFileSync } = require('node:child_process');
const { existsSync, rmSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');
const { cachedFolder } = require('./cached-folder');
const { say } = require('./steps');

const repository = join(__dirname, '..');

/** The newest last, each with the version of its control protocol; who lands a large change adds it, and removes the first. */
const landings = [
  { commit: '6bae6812', control: 3 },
  { commit: '48bca0c2', control: 3 },
  { commit: '7084e67b', control: 3 },
];

/** Whether the history goes back that far: that of a clone with --depth does not. */
function isKnown(commit) {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: repository });
    return true;
  } catch {
    return false;
  }
}

/** The folder of the built package of that landing. */
async function landing(commit) {
  const folder = await cachedFolder(`landing-${commit}`, (draft) => {
    say(`building the package of ${commit}`);
    const run = (...argv) =>
      execFileSync(argv[0], argv.slice(1), { cwd: draft, stdio: ['ignore', 'ignore', 'inherit'] });
    run('sh', '-c', `git -C '${repository}' archive ${commit} | tar -x`);
    link(draft);
    run('node', 'scripts/build-typescript.js');
    run('node', 'scripts/build-native.js');
  });
  link(folder);
  return folder;
}

/** To the packages of this clone: those of the clone that has built it may be gone. */
function link(folder) {
  const modules = join(folder, 'node_modules');
  if (existsSync(join(modules, 'pino'))) return;
  rmSync(modules, { force: true });
  symlinkSync(join(repository, 'node_modules'), modules);
}

module.exports = { isKnown, landing, landings };

if (require.main === module) {
  (async () => {
    for (const { commit } of landings) process.stdout.write(`${await landing(commit)}\n`);
  })();
}
