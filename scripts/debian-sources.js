// Makes trees of Debian's packages by mmdebstrap. What apt needs to reach the archive is taken from this
// machine's configuration; credentials and pins are not.
'use strict';
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { runOrFail } = require('./steps');

/** The files of a folder whose text matches; none when there is no such folder. */
function filesWith(folder, pattern) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(folder, entry.name))
    .filter((path) => pattern.test(readFileSync(path, 'utf8')));
}

/** This machine's sources of the suite and its way to them, as arguments of mmdebstrap. */
function aptArguments(suite) {
  const sources = [
    ...filesWith('/etc/apt/sources.list.d', new RegExp(`\\b${suite}\\b`)),
    ...filesWith('/etc/apt', new RegExp(`^deb .*\\b${suite}\\b`, 'm')),
  ];
  const settings = filesWith('/etc/apt/apt.conf.d', /^Acquire::(http|https|Check|Retries)/im);
  return { sources, options: settings.map((path) => `--aptopt=${path}`) };
}

/** Fills the empty folder `tree` with packages of a suite; `options` are mmdebstrap's own. */
async function makeDebianTree(tree, { suite, variant = 'minbase', packages = [], options = [] }) {
  const { sources, options: apt } = aptArguments(suite);
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  const words = [`--variant=${variant}`, ...include, ...apt, ...options, suite, tree, ...sources];
  await runOrFail(
    ['mmdebstrap', ...words],
    (output) => `mmdebstrap failed: ${output.trim().split('\n').at(-1)}`,
    { env: { ...process.env, SOURCE_DATE_EPOCH: undefined } },
  );
}

module.exports = { makeDebianTree };
