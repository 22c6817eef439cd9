// What scripts make once and keep in the cache of the tests, for other clones too: trees of Debian that they run programs in, or
// copy, and what has been compiled in one.
'use strict';
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { makeDebianTree } = require('./debian-sources');
const { say } = require('./steps');

const cache = join(process.env.XDG_CACHE_HOME || '/var/cache', 'tslxc-test');

/** Where the folder of that name is in the cache, if it is there. */
function cachedPath(name) {
  return join(cache, name);
}

/** The path of the folder of that name in the cache; `make` fills it when there is none, and it is there as a whole or not at all. */
async function cachedFolder(name, make) {
  const folder = cachedPath(name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another clone may have been faster.
    // XFS says EEXIST.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
  return folder;
}

/** The same for a tree of Debian: `what` says of what, `options` are makeDebianTree's. */
function cachedTree(name, { what, ...options }) {
  return cachedFolder(name, (draft) => {
    say(`making ${what} in ${cachedPath(name)} (about a minute)`);
    return makeDebianTree(draft, options);
  });
}

module.exports = { cachedFolder, cachedPath, cachedTree };
