// Tells whether something that was built is older than its sources: by their content, since git gives
// files new times. The record of what was built lies in build/, which is never packed or committed.
'use strict';
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

/** All files of these files and folders, sorted; those that don't exist are left out. */
function listFiles(root, names) {
  return names.flatMap((name) => {
    const stats = statSync(join(root, name), { throwIfNoEntry: false });
    if (stats === undefined) return [];
    if (!stats.isDirectory()) return [name];
    return readdirSync(join(root, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
      .sort();
  });
}

/** One hash over the names and contents of `sources`, and over `extra` strings. */
function fingerprint(root, sources, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const file of listFiles(root, sources)) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** What `remember` wrote last, or an empty string. */
function remembered(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw error;
  }
}

function remember(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

module.exports = { fingerprint, listFiles, remember, remembered };
