// Trees of Debian that scripts run programs in, or copy: each is made once, and kept in the cache of the tests.
'use strict';
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { makeDebianTree } = require('./debian-sources');
const { say } = require('./steps');

const cache = join(process.env.XDG_CACHE_HOME || '/var/cache', 'tslxc-test');

/** The path of the tree of that name, which is made when there is none: `what` says of what, `options` are makeDebianTree's. */
async function cachedTree(name, { what, ...options }) {
  const tree = join(cache, name);
  if (existsSync(tree)) return tree;
  say(`making ${what} in ${tree} (about a minute)`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    await makeDebianTree(draft, options);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  renameSync(draft, tree);
  return tree;
}

module.exports = { cachedTree };
