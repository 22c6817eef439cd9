// Finds out which machines an addon and a monitor run on, and reports what keeps them from running elsewhere.
'use strict';
const { statSync } = require('node:fs');
const { join } = require('node:path');
const { products } = require('../prebuilt');
const { runOrFail } = require('../steps');
const { mostBytes, oldestGlibc, targets } = require('./targets');

/** Libraries of glibc itself, which every machine has that has its C library. */
const ofGlibc = /^(lib(c|m|dl|rt|pthread)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+)$/;

/** readelf's answer, without a locale's words. */
function readElf(option, path) {
  const env = { ...process.env, LC_ALL: 'C' };
  return runOrFail(['readelf', option, '-W', path], (output) => output.trim(), { env });
}

/** A version as a number that can be compared. */
function rank(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}

/** What an addon needs of its surroundings: libraries by name, and the newest version of glibc's symbols. */
async function needsOf(path) {
  const [dynamic, versions] = [await readElf('-d', path), await readElf('-V', path)];
  const libraries = [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
  const glibc = [...versions.matchAll(/\bGLIBC_([\d.]+)/g)].map(([, version]) => version);
  return { libraries, glibc: glibc.sort((one, other) => rank(one) - rank(other)).at(-1) ?? '0' };
}

/** What is wrong with the native code in a folder, as sentences: none, if it runs wherever that architecture does. */
async function portabilityFaults(folder, arch) {
  const [addon, monitor] = products.map((name) => join(folder, name));
  const faults = [];
  for (const path of [addon, monitor]) {
    const header = await readElf('-h', path);
    if (!header.includes(targets[arch].header)) faults.push(`${path} is not for ${arch}`);
  }
  const { libraries, glibc } = await needsOf(addon);
  const foreign = libraries.filter((name) => !ofGlibc.test(name));
  if (foreign.length > 0) faults.push(`${addon} needs ${foreign.join(' and ')}`);
  if (rank(glibc) > rank(oldestGlibc)) faults.push(`${addon} needs glibc ${glibc}`);
  if (/\((NEEDED)\)/.test(await readElf('-d', monitor))) faults.push(`${monitor} is not static`);
  const bytes = statSync(addon).size + statSync(monitor).size;
  if (bytes > mostBytes) faults.push(`${folder} has ${bytes} bytes`);
  return faults;
}

module.exports = { needsOf, portabilityFaults };
