// The program that asks Go's archive/tar and GNU tar what is in an archive, for the fuzzer of layers: test/fuzz/tar-oracle, of Go's
// standard library alone.
'use strict';
const { mkdirSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot, runOrFail } = require('../steps');
const { work } = require('./seeds');

/** Resolves to the path of the program. What has been compiled stays in build/go: the standard library takes a minute. */
async function buildTarOracle() {
  const folder = join(packageRoot, 'build', 'go');
  mkdirSync(folder, { recursive: true });
  const program = join(work, 'tar-oracle');
  const source = join(packageRoot, 'test', 'fuzz', 'tar-oracle', 'main.go');
  const env = {
    ...process.env,
    HOME: folder,
    GOCACHE: join(folder, 'cache'),
    GO111MODULE: 'off',
    GOTOOLCHAIN: 'local',
  };
  await runOrFail(
    ['go', 'build', '-o', program, source],
    (output) => `the program that asks Go and GNU tar can't be built\n${output}`,
    { env },
  );
  return program;
}

module.exports = { buildTarOracle };
