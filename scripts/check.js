// All that is checked without running the code: types, lint, format of both languages, generated files,
// the length and the opening comment of every source file, calls that take a path as a string. Runs all of
// them, then tells which failed.
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathFaults } = require('./check-paths');
const { listFiles } = require('./fingerprint');
const { main, packageRoot, run, say, StepError } = require('./steps');

const maxLines = 400;
const sourceFolders = ['lib', 'native', 'scripts', 'test'];
const generator = 'scripts/generate-protocol.js';
// What is generated is checked against its generator instead, and as long as the tables make it.
const handwritten = /(?<!\.generated)\.(h|cc)$/;
const generated = /\.generated\./;

function sourceFiles(ending) {
  return listFiles(packageRoot, sourceFolders).filter((file) => ending.test(file));
}

function tool(...path) {
  return [process.execPath, join(packageRoot, 'node_modules', ...path)];
}

/** What is wrong with a source file's shape, or undefined. */
function shapeFault(file) {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const lines = text.split('\n').length - 1;
  if (lines > maxLines && !generated.test(file))
    return `${file}: ${lines} lines, more than ${maxLines}`;
  const opening = text.replace(/^#!.*\n/, '');
  if (!/^(\/\/|\/\*|#|""")/.test(opening)) return `${file}: doesn't open with a comment`;
  return undefined;
}

function shapeFaults() {
  return sourceFiles(/\.(ts|js|py|sh|h|cc)$/)
    .map(shapeFault)
    .filter((fault) => fault !== undefined);
}

/** Faults as what a program would have said and exited with. */
function outcome(faults) {
  return { code: faults.length === 0 ? 0 : 1, output: faults.map((one) => `${one}\n`).join('') };
}

const checks = {
  types: () => run([...tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']),
  lint: () => run([...tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']),
  format: () =>
    run([...tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  'C++ format': () =>
    run(['clang-format-19', '--dry-run', '--Werror', ...sourceFiles(handwritten)]),
  'generated files': () => run([process.execPath, generator, '--check']),
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
