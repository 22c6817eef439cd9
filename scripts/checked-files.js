// Which files a check has already found clean, in build/cache: by a hash of everything that its verdict depends on, so that
// nothing is believed that has changed since.
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { remember, remembered } = require('./fingerprint');

function sha256(texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\0`).update(text);
  return hash.digest('hex');
}

/** The file that a relative import means, from the root of the package, or undefined for one of another package. */
function resolveImport(root, from, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const path = join(dirname(from), specifier);
  const candidates = [`${path}.ts`, path, `${path}.js`, join(path, 'index.ts')];
  return candidates.find((one) => /\.\w+$/.test(one) && existsSync(join(root, one)));
}

/** Each of these files with those that it imports, of the package itself; types too. */
function importsOf(root, files) {
  const { preProcessFile } = require('typescript');
  return new Map(
    files.map((file) => {
      const { importedFiles } = preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
      const found = importedFiles.map(({ fileName }) => resolveImport(root, file, fileName));
      return [file, found.filter((one) => one !== undefined)];
    }),
  );
}

/** A file and all that it imports, directly or not. */
function closureOf(imports, file) {
  const found = new Set([file]);
  for (const one of found) for (const next of imports.get(one) ?? []) found.add(next);
  return [...found].sort();
}

/**
 * A hash for each of `files` of the package in `root`: over it, over all that it imports, since a rule that knows types sees
 * that too, and over `extra`: what the rules and versions are.
 */
function hashWithImports(root, files, extra) {
  const imports = importsOf(root, files);
  const needed = new Set([...files, ...[...imports.values()].flat()]);
  const own = new Map([...needed].map((file) => [file, sha256([readFileSync(join(root, file))])]));
  return new Map(
    files.map((file) => {
      const parts = closureOf(imports, file).flatMap((one) => [one, own.get(one)]);
      return [file, sha256([...extra, ...parts])];
    }),
  );
}

/** A hash for each of `files` by itself, and over `extra`. */
function hashAlone(root, files, extra) {
  return new Map(files.map((file) => [file, sha256([...extra, readFileSync(join(root, file))])]));
}

/** What `record` says is clean. One that can't be read says nothing. */
function knownClean(record) {
  try {
    return JSON.parse(remembered(record) || '{}');
  } catch {
    return {};
  }
}

/**
 * Calls `check` with those files whose hash is another than when they were found clean; it resolves with an exit code and
 * its output, as `run` of steps.js. All are remembered as clean when that is 0.
 */
async function checkChanged(record, hashes, check) {
  const known = knownClean(record);
  const changed = [...hashes.keys()].filter((file) => known[file] !== hashes.get(file));
  const result = changed.length === 0 ? { code: 0, output: '' } : await check(changed);
  if (result.code === 0) remember(record, JSON.stringify(Object.fromEntries(hashes)));
  return result;
}

module.exports = { checkChanged, hashAlone, hashWithImports, importsOf };
