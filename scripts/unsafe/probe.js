// Builds the probe of the tests (test/support/probe/probe.cc), which tells what a process inside can do.
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot, runOrFail } = require('../steps');

const folder = join(packageRoot, 'test/support/probe');
const sources = ['probe.cc', 'probe-report.h', 'whole-filesystems.h'];
const flags = ['-std=gnu++20', '-O1', '-static', '-Wall', '-Wextra', '-Werror'];

/** Where it is kept, below the package: machines of test:vm, which have no compiler, get this folder. */
const probeFolder = 'build/probe';

/** Resolves with the path of the executable; it is compiled once for each state of its sources. */
async function buildProbe() {
  const sum = createHash('sha256').update(flags.join(' '));
  for (const name of sources) sum.update(readFileSync(join(folder, name)));
  const made = join(packageRoot, probeFolder);
  const executable = join(made, `probe-${sum.digest('hex').slice(0, 16)}`);
  if (existsSync(executable)) return executable;
  mkdirSync(made, { recursive: true });
  const draft = `${executable}.${process.pid}`;
  const explain = (output) => `the probe does not compile\n${output}`;
  const argv = ['g++', ...flags, join(folder, sources[0]), '-o', draft];
  await runOrFail(argv, explain, { timeout: 120_000 });
  renameSync(draft, executable);
  return executable;
}

module.exports = { buildProbe, probeFolder };
