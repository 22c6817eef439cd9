// All that is checked without running the code: types, lint, format of both languages, generated files and documents,
// comments of the API, the length and the opening comment of every source file, calls that take a path as a string. Runs all of
// them, then tells which failed. What has been found clean is remembered in build/cache, and looked at again when it, or
// what the verdict depends on, has changed.
'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { checkApi } = require('./build-docs');
const { pathFaults } = require('./check-paths');
const { checkChanged, hashAlone, hashWithImports } = require('./checked-files');
const { listFiles } = require('./fingerprint');
const cliDocuments = require('./generate-cli-docs');
const completions = require('./generate-completions');
const coverageDocuments = require('./generate-coverage-docs');
const defectDocuments = require('./generate-defect-docs');
const differencesDocuments = require('./generate-differences-docs');
const { staleFiles } = require('./generated-files');
const { main, packageRoot, run, say, StepError } = require('./steps');

const maxLines = 400;
const sourceFolders = ['examples', 'lib', 'native', 'scripts', 'test'];
const generator = 'scripts/generate-protocol.js';
// One class a file, with the whole contract of each method (eslint.config.js).
const faces = /^lib\/driver\/(connection|domain|network)\.ts$/;
// What is generated is checked against its generator instead, and as long as the tables make it.
const handwritten = /(?<!\.generated)\.(h|cc)$/;
const generated = /\.generated\./;
const clangFormat = 'clang-format-19';
const cache = join(packageRoot, 'build', 'cache');

function sourceFiles(ending) {
  // Packages that an example has been given by npm are no sources.
  return listFiles(packageRoot, sourceFolders).filter(
    (file) => ending.test(file) && !file.includes('/node_modules/'),
  );
}

function rootScripts() {
  return readdirSync(packageRoot).filter((name) => /\.[cm]?[jt]s$/.test(name));
}

function read(file) {
  return readFileSync(join(packageRoot, file), 'utf8');
}

function tool(...path) {
  return [process.execPath, join(packageRoot, 'node_modules', ...path)];
}

/** What is wrong with a source file's shape, or undefined. */
function shapeFault(file) {
  const text = read(file);
  const lines = text.split('\n').length - 1;
  if (lines > maxLines && !generated.test(file) && !faces.test(file))
    return `${file}: ${lines} lines, more than ${maxLines}`;
  const opening = text.replace(/^#!.*\n/, '');
  const header = file.endsWith('.cc') ? `#include "${file.replace(/\.cc$/, '.h')}"\n` : undefined;
  const isSaid = /\.(py|sh)$/.test(file) ? /^(#|""")/ : /^(\/\/|\/\*)/;
  // What implements a header is described there.
  if (isSaid.test(opening) || (header !== undefined && opening.startsWith(header)))
    return undefined;
  return `${file}: doesn't open with a comment`;
}

function shapeFaults() {
  return sourceFiles(/\.(ts|js|py|sh|h|cc)$/)
    .map(shapeFault)
    .filter((fault) => fault !== undefined);
}

const documentGenerators = {
  'scripts/generate-cli-docs.js': cliDocuments,
  'scripts/generate-completions.js': completions,
  'scripts/generate-coverage-docs.js': coverageDocuments,
  'scripts/generate-defect-docs.js': defectDocuments,
  'scripts/generate-differences-docs.js': differencesDocuments,
};

/** The documents that are made from tables of the sources, and are not what these say now. */
function staleDocuments() {
  return Object.entries(documentGenerators).flatMap(([script, { render }]) =>
    staleFiles(render()).map((file) => `${file} is stale: node ${script}`),
  );
}

/** Faults as what a program would have said and exited with. */
function outcome(faults) {
  return { code: faults.length === 0 ? 0 : 1, output: faults.map((one) => `${one}\n`).join('') };
}

/**
 * The compiler knows itself what to look at again. ESLint's own cache doesn't look at a file again when a type that it imports
 * has changed; ours does.
 */
function checkTypeScript() {
  const rules = ['eslint.config.js', 'tsconfig.json', 'package.json', 'package-lock.json'];
  const extra = [process.version, ...rules.map(read)];
  const files = [...sourceFiles(/\.[cm]?[jt]s$/), ...listFiles(packageRoot, rootScripts())];
  const script = join(__dirname, 'check-typescript.js');
  return checkChanged(
    join(cache, 'lint.json'),
    hashWithImports(packageRoot, files, extra),
    (changed) => run([process.execPath, script, ...changed]),
  );
}

/** Prettier's own cache knows its version and options. */
function checkFormat() {
  const cached = ['--cache', '--cache-strategy', 'content', '--cache-location'];
  const options = ['--check', '--log-level', 'warn', ...cached, join(cache, 'format')];
  return run([...tool('prettier', 'bin', 'prettier.cjs'), ...options, '.']);
}

async function checkNativeFormat() {
  const { output: version } = await run([clangFormat, '--version']);
  const hashes = hashAlone(packageRoot, sourceFiles(handwritten), [read('.clang-format'), version]);
  return checkChanged(join(cache, 'native-format.json'), hashes, (files) =>
    run([clangFormat, '--dry-run', '--Werror', ...files]),
  );
}

const checks = {
  'types and lint': checkTypeScript,
  format: checkFormat,
  'C++ format': checkNativeFormat,
  'generated files': () => run([process.execPath, generator, '--check']),
  'documents of the command': async () => outcome(staleDocuments()),
  'comments of the API': checkApi,
  'source files': async () => outcome(shapeFaults()),
  paths: async () => outcome(pathFaults(packageRoot)),
};

/** Runs every check; resolves with the names of those that failed, whose output has been shown. */
async function check() {
  const failed = [];
  for (const [name, body] of Object.entries(checks)) {
    say(`checking ${name}`);
    const { code, output } = await body();
    if (code === 0) continue;
    process.stdout.write(output);
    failed.push(name);
  }
  return failed;
}

module.exports = { check };

if (require.main === module) {
  main('check', async () => {
    const failed = await check();
    if (failed.length > 0) throw new StepError(`failed: ${failed.join(', ')}`);
  });
}
