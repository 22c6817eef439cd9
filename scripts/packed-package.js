// The package as npm packs it, with up-to-date native code for one architecture.
'use strict';
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { prebuildStale } = require('./prebuild');
const { setUp } = require('./setup');
const { StepError, packageRoot, runOrFail } = require('./steps');

/** Packs it into a folder; resolves with the tarball's path. */
async function packPackage(folder, arch) {
  await setUp('prebuild');
  await prebuildStale([arch]);
  await runOrFail(
    ['npm', 'pack', '--ignore-scripts', '--pack-destination', folder],
    (output) => `npm pack: ${output.trim()}`,
    { cwd: packageRoot },
  );
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new StepError('npm pack has packed nothing');
  return join(folder, tarball);
}

module.exports = { packPackage };
