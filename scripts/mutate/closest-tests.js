// The closest tests of a file: the unit tests with the fewest imports in between, and all golden tests that import it in any way.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { importsOf } = require('../checked-files');
const { listFiles } = require('../fingerprint');

const nativeTest = 'test/more/native/native.test.ts';
const programTable = 'test/native/compile.ts';

/** How many imports lead from each file that imports this one, directly or not, to it. */
function distances(imports, file) {
  const importers = new Map();
  for (const [from, all] of imports) {
    for (const to of all) importers.set(to, [...(importers.get(to) ?? []), from]);
  }
  const found = new Map([[file, 0]]);
  for (const [one, distance] of found) {
    for (const importer of importers.get(one) ?? []) {
      if (!found.has(importer)) found.set(importer, distance + 1);
    }
  }
  return found;
}

function testsOfTypeScript(root, file) {
  const files = listFiles(root, ['lib', 'test']).filter((name) => name.endsWith('.ts'));
  const imports = importsOf(root, files);
  const near = distances(imports, file);
  const isTest = (name) => name.endsWith('.test.ts') && near.has(name);
  const unit = [...near.keys()].filter((name) => name.startsWith('test/unit/') && isTest(name));
  const least = Math.min(...unit.map((name) => near.get(name)));
  const golden = files.filter((name) => name.startsWith('test/golden/') && isTest(name));
  return [...unit.filter((name) => near.get(name) === least), ...golden].sort();
}

/** The programs of test/native that link a source, or include a header. */
function programsOf(root, file) {
  if (!existsSync(join(root, programTable))) return [];
  const table = readFileSync(join(root, programTable), 'utf8');
  const rows = table.matchAll(/^ {2}'?([\w-]+)'?: \[([^\]]*)\],$/gm);
  return [...rows]
    .map(([, name, words]) => ({ name, sources: words.match(/[\w./-]+\.cc/g) ?? [] }))
    .filter(({ name, sources }) => {
      const own = [`test/native/${name}.cc`, ...sources];
      return own.some((source) => includedBy(root, source).has(file));
    })
    .map(({ name }) => name);
}

/** A source and the headers that it includes, directly or not. */
function includedBy(root, source) {
  const found = new Set([source]);
  for (const one of found) {
    if (!existsSync(join(root, one))) continue;
    const text = readFileSync(join(root, one), 'utf8');
    for (const [, name] of text.matchAll(/^#include "(.+)"$/gm)) found.add(name);
  }
  return found;
}

/** Of unit, golden and native tests; none when no such test has to do with the file. */
function closestTests(root, file) {
  if (/\.[tj]s$/.test(file)) return testsOfTypeScript(root, file);
  return programsOf(root, file).length > 0 ? [nativeTest] : [];
}

module.exports = { closestTests, nativeTest, programsOf };
