// `npm run deb`: Debian packages of the command, for the architectures that there is native code for, or those that are named
// (x64, arm64), in build/deb: the command in /usr/bin with its manual page, completions and units. They need no npm and no
// compiler where they are installed. Needs root, for the native code.
'use strict';
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { architectures } = require('./deb/control');
const { layOut } = require('./deb/tree');
const { prebuildStale } = require('./prebuild');
const { prebuiltFolder } = require('./prebuilt');
const { setUp } = require('./setup');
const { StepError, main, packageRoot, runOrFail, say } = require('./steps');

const folder = join(packageRoot, 'build', 'deb');

/** Makes the package for an architecture; resolves with its path. */
async function makePackage(arch) {
  const work = mkdtempSync(join(tmpdir(), 'tslxc-deb-'));
  const tree = join(work, 'root');
  try {
    const version = layOut(tree, { arch, native: prebuiltFolder(arch) });
    const file = join(folder, `tslxc_${version}_${architectures[arch]}.deb`);
    mkdirSync(folder, { recursive: true });
    // All users may read the files, regardless of the umask that the repository was cloned with.
    await runOrFail(['chmod', '-R', 'u=rwX,go=rX', tree], (output) => output.trim());
    const argv = ['dpkg-deb', '--root-owner-group', '--build', tree, file];
    await runOrFail(argv, (output) => `dpkg-deb: ${output.trim()}`);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Makes the packages, and what they are made of where that is not current. Resolves with their paths. */
async function makePackages(archs) {
  await setUp('hello');
  await prebuildStale(archs);
  const files = [];
  for (const arch of archs) files.push(await makePackage(arch));
  return files;
}

module.exports = { makePackages };

if (require.main === module) {
  main('deb', async () => {
    const words = process.argv.slice(2);
    const known = Object.keys(architectures);
    const unknown = words.find((word) => !known.includes(word));
    if (unknown !== undefined) throw new StepError(`no architecture '${unknown}': ${known}`);
    const files = await makePackages(words.length === 0 ? known : words);
    for (const file of files) say(`made ${file}`);
  });
}
