// What Jest is asked to do in a machine, and which files of tests that will be.
'use strict';
const { join } = require('node:path');
const { packageRoot, run, StepError } = require('../steps');

/** Processes start some twenty times as slowly under emulation. */
const slowness = 20;

/** The line of shell that runs these projects, or only some of their files. */
function jestCommand({ name, projects, files }) {
  const jest = [
    `TSLXC_TEST_FLAVOUR=${name}`,
    `TSLXC_TEST_SLOWNESS=${slowness}`,
    'TSLXC_TEST_REPEATS=few',
    'TSLXC_TEST_SIDES=/run/vmtest/host-sides',
    'exec',
    'node',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--runInBand',
    '--json',
    '--reporters=default',
    '--reporters=./scripts/vm/test-reporter.js',
  ];
  const report = '--outputFile=/run/vmtest/report.json';
  const selected = projects.map((project) => `--selectProjects=${project}`);
  const names = files.length === 0 ? [] : ['--', ...files];
  return [...jest, report, ...selected, ...names, '>/dev/null'].join(' ');
}

/** How many files of tests there are in a project, or how many of `files`. */
async function countFiles(project, files) {
  const jest = join(packageRoot, 'node_modules/jest/bin/jest.js');
  const words = ['--listTests', '--json', `--selectProjects=${project}`, '--', ...files];
  const { output } = await run([process.execPath, jest, ...words]);
  const list = output.split('\n').find((line) => line.startsWith('['));
  if (list === undefined) throw new StepError(`Jest can't list the tests of ${project}: ${output}`);
  return JSON.parse(list).length;
}

module.exports = { countFiles, jestCommand };
