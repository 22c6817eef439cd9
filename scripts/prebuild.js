// `npm run prebuilds`: makes the native code that the package brings, in prebuilds/: built in a Debian 11, so that it runs with
// every glibc from 2.31 on, with the C++ runtime linked in, and for Node-API, so for every version of Node.js. Names of
// architectures (x64, arm64) make it for these alone; `--if-stale` leaves alone what is made from the sources as they are;
// `--check` makes nothing, and fails when something is there that is not: `npm pack` does that. Needs root and x86-64.
'use strict';
const { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { cachedFolder } = require('./cached-folder');
const { installPackages } = require('./debian-packages');
const { fingerprint, remember, remembered } = require('./fingerprint');
const { buildInOldDebian } = require('./prebuild/old-debian');
const { portabilityFaults } = require('./prebuild/portability');
const { oldestGlibc, targets } = require('./prebuild/targets');
const { prebuiltFolder, products } = require('./prebuilt');
const { StepError, main, packageRoot, say } = require('./steps');
const { dependencies } = require('../package.json');

const names = Object.keys(targets);
const sources = ['binding.gyp', 'native', 'scripts/prebuild'];

/** What the compilers of prebuild/old-debian.js run on; one of them is for arm64. */
const builder = 'x64';

/** In build/, which is never packed, and on the same file system. */
const besides = (arch, ending) => join(packageRoot, 'build', `prebuilt-${arch}.${ending}`);

const recordOf = (arch) => besides(arch, 'fingerprint');

/** Of what it is made from as it is now: of package.json that is Node-API's headers for C++, and nothing else. */
const currentFingerprint = () =>
  fingerprint(packageRoot, sources, [dependencies['node-addon-api']]);

function isThere(arch) {
  return products.some((name) => existsSync(join(prebuiltFolder(arch), name)));
}

/** True when what is there for an architecture was made from the sources as they are. */
function isCurrent(arch) {
  const complete = products.every((name) => existsSync(join(prebuiltFolder(arch), name)));
  return complete && remembered(recordOf(arch)) === currentFingerprint();
}

/** Copies what has been built into a folder, if it runs wherever it should. */
async function keep(arch, { built, folder }) {
  const faults = await portabilityFaults(built, arch);
  if (faults.length > 0) throw new StepError(faults.join('; '));
  copyProducts(built, folder);
}

function copyProducts(from, to) {
  for (const name of products) copyFileSync(join(from, name), join(to, name));
}

/** Puts it where the package brings it, and `npm pack` takes all that is there: whenever this is killed, it is whole or gone. */
function place(arch, built) {
  const folder = prebuiltFolder(arch);
  const [draft, former] = ['new', 'old'].map((ending) => besides(arch, ending));
  for (const path of [draft, former]) rmSync(path, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  copyProducts(built, draft);
  mkdirSync(dirname(folder), { recursive: true });
  if (existsSync(folder)) renameSync(folder, former);
  renameSync(draft, folder);
  rmSync(former, { recursive: true, force: true });
}

/** Makes the native code for an architecture, or takes what another clone has made of the same sources. */
async function prebuild(arch) {
  const wanted = currentFingerprint();
  const kept = await cachedFolder(`prebuilt-${arch}-${wanted.slice(0, 16)}`, async (folder) => {
    say(`building the native code for linux-${arch} with glibc ${oldestGlibc}`);
    await buildInOldDebian(arch, (built) => keep(arch, { built, folder }));
  });
  place(arch, kept);
  remember(recordOf(arch), wanted);
  say(`the native code for linux-${arch} is in ${prebuiltFolder(arch)}`);
}

/** Makes it for each of these. */
async function prebuildAll(archs) {
  if (process.arch !== builder) {
    throw new StepError(
      `native code for other machines is made on ${builder} alone, and this is ${process.arch}: ` +
        'npm run build:native makes that of this machine',
    );
  }
  await installPackages('prebuild');
  for (const arch of archs) await prebuild(arch);
}

/** The same for those that are not current. */
async function prebuildStale(archs) {
  const stale = archs.filter((arch) => !isCurrent(arch));
  if (stale.length > 0) await prebuildAll(stale);
}

/** Fails when a package would bring native code that its sources are newer than; says what it would not bring. */
function check() {
  const stale = names.filter((arch) => isThere(arch) && !isCurrent(arch));
  if (stale.length > 0) {
    const list = stale.map((arch) => `linux-${arch}`).join(' and ');
    throw new StepError(`prebuilds/ is older than its sources for ${list}: run npm run prebuilds`);
  }
  const missing = names.filter((arch) => !isThere(arch)).map((arch) => `linux-${arch}`);
  if (missing.length === 0) return;
  say(`the package brings no native code for ${missing.join(' and ')}: npm run prebuilds makes it`);
}

/** What the words of the command line ask for. */
function asked(words) {
  const archs = words.filter((word) => !word.startsWith('--'));
  const options = words.filter((word) => word.startsWith('--'));
  const unknown = [
    ...archs.filter((arch) => !names.includes(arch)),
    ...options.filter((option) => !['--if-stale', '--check'].includes(option)),
  ];
  if (unknown.length > 0) {
    throw new StepError(`what is '${unknown[0]}'? ${names.join(', ')}, --if-stale, --check`);
  }
  return { archs: archs.length === 0 ? names : archs, options };
}

module.exports = { currentFingerprint, place, prebuildStale };

if (require.main === module) {
  main('prebuild', async () => {
    const { archs, options } = asked(process.argv.slice(2));
    if (options.includes('--check')) return check();
    if (options.includes('--if-stale')) return prebuildStale(archs);
    await prebuildAll(archs);
  });
}
