// The cache of what the test machines boot from. An image is made again when what makes it changes, and every
// week, so that Debian's updates come in.
'use strict';
const { existsSync, mkdirSync, readdirSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { fingerprint } = require('../fingerprint');
const { packageRoot, runOrFail } = require('../steps');
const { nodeIdentity } = require('./image/node');

const cache = join(process.env.XDG_CACHE_HOME || '/var/cache', 'tslxc-test');
const inputs = ['image', 'guest', 'disk.js'].map((name) => `scripts/vm/${name}`);
const day = 24 * 60 * 60 * 1000;
const keptDays = 14;

/** ISO 8601's year and number of the week that a time is in. */
function isoWeek(time) {
  // A week belongs to the year that its Thursday is in.
  const thursday = new Date(time);
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * day)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** Images that no week needs any more, native code of former sources, and drafts whose makers were killed. */
function removeOld() {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const old = Date.now() - statSync(path).mtimeMs > keptDays * day;
    if (/^(vm|draft|prebuilt)-[\w-]+$/.test(name) && old) rmSync(path, { recursive: true });
  }
}

/**
 * The folder with `vmlinuz-*`, `initramfs-*`, `root.img` and, but for arm64, `containers.img`; two callers at once make one.
 * `kind` is Node's name of the machine's processor.
 */
async function ensureImage(kind = 'x64') {
  const sources = [...inputs, 'scripts/debian-sources.js'];
  const extra = [isoWeek(Date.now()), nodeIdentity, kind];
  const key = fingerprint(packageRoot, sources, extra).slice(0, 16);
  const folder = join(cache, `vm-${key}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const build = [process.execPath, join(__dirname, 'image', 'build.js'), folder, kind];
  const options = { echo: 'live' };
  const argv = ['flock', join(cache, 'vm.lock'), ...build];
  await runOrFail(argv, () => 'the image could not be made; why is above', options);
  removeOld();
  return folder;
}

module.exports = { ensureImage };
