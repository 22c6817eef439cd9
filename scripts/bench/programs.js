// The small programs of a bench, compiled when their source is newer.
'use strict';
const { existsSync, mkdirSync, renameSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot, runOrFail } = require('../steps');

const folder = join(packageRoot, 'build', 'bench');

/** The path of the program that is made of NAME.cc. */
async function compiled(name) {
  const source = join(__dirname, `${name}.cc`);
  const program = join(folder, name);
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  mkdirSync(folder, { recursive: true });
  // Another bench may be running the existing one, so it is replaced and not overwritten.
  const made = `${program}.${process.pid}`;
  await runOrFail(
    ['g++', '-std=gnu++20', '-O2', '-static', '-o', made, source],
    (text) => `${name}.cc does not compile: ${text.trim()}`,
  );
  renameSync(made, program);
  return program;
}

module.exports = { compiled };
