// `npm test`: makes ready whatever is missing, checks, runs every test project, and sums up. A skipped test, a
// todo, a project without tests or a failed check is a failure, and so is a project that is in no lane. With
// `--long`, `npm run test:long`: the same for the projects of the tests that take long, without the checks; or for some files of
// test/long.
// A few files that fail are run once more, alone, which tells chance from a break: see second-run.js.
'use strict';
const { existsSync, mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative } = require('node:path');
const { projects } = require('../jest.config');
const { check } = require('./check');
const { runJest } = require('./jest-process');
const { describeResult, judge, parseReport } = require('./jest-report');
const { forgottenProjects, lanes, last, long, settingsOf } = require('./lanes');
const { runAgain } = require('./second-run');
const { setUp } = require('./setup');
const { main, packageRoot, say, StepError } = require('./steps');

/** The text of a file, or '' when there is none. */
function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Runs a project, or only some files of it; `output` is `live`, or `kept` while others run beside it. */
async function runProject(name, { output, folder, files = [] }) {
  say(`testing: ${[name, ...files].join(' ')}`);
  const report = join(folder, `${name}.json`);
  // Of a first run of the project: its age would be taken for this one's.
  rmSync(report, { force: true });
  const { prefix, nodeOptions, isSerial, minutes } = settingsOf(name);
  const jest = join(packageRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const reporters = ['default', join(__dirname, 'running-files.js')].map(
    (reporter) => `--reporters=${reporter}`,
  );
  const options = [
    '--ci',
    '--json',
    `--outputFile=${report}`,
    ...reporters,
    '--selectProjects',
    name,
  ];
  if (isSerial) options.push('--runInBand');
  if (files.length > 0) options.push('--runTestsByPath', '--', ...files);
  const started = Date.now();
  const argv = [...prefix, process.execPath, ...nodeOptions, jest, ...options];
  const { code, faults } = await runJest(argv, { report, minutes, output });
  return judge({ name, report: parseReport(readText(report)), code, started, faults });
}

/** What is to be said of the files of a result that had a second run. */
function describeSecondRun({ failedFiles, unsteady = [] }) {
  return failedFiles.map((path) => {
    const file = relative(packageRoot, path);
    return unsteady.includes(path)
      ? `UNSTEADY: ${file} failed, and passed when it was run again alone: it fails by chance, and is to be mended`
      : `FAILED: ${file}`;
  });
}

/** `failedChecks` is left out where nothing was checked. Returns how much failed. */
function sumUp(results, failedChecks) {
  const sum = (key) => results.reduce((total, one) => total + one[key], 0);
  process.stdout.write('\n');
  for (const result of results) say(describeResult(result));
  for (const line of results.flatMap(describeSecondRun)) say(line);
  if (failedChecks !== undefined) {
    say(`checks: ${failedChecks.length === 0 ? 'clean' : `failed: ${failedChecks.join(', ')}`}`);
  }
  const failed = sum('failed') + (failedChecks?.length ?? 0);
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
  return failed;
}

/** Runs these projects one after another. */
async function runInTurn(names, options) {
  const results = [];
  for (const name of names) results.push(await runProject(name, options));
  return results;
}

/** What failed once more, with nothing beside it. */
function again(results, folder) {
  return runAgain(results, ({ name, failedFiles }) =>
    runProject(name, { output: 'live', folder, files: failedFiles }),
  );
}

/** What everybody waits for: the checks, the lanes, and what comes when these are over. Returns how much failed. */
async function testShort(folder) {
  const [failedChecks, ...all] = await Promise.all([
    check(),
    ...Object.entries(lanes).map(([lane, names]) =>
      runInTurn(names, { output: lane === 'host' ? 'live' : 'kept', folder }),
    ),
  ]);
  const results = [...all.flat(), ...(await runInTurn(last, { output: 'live', folder }))];
  return sumUp(await again(results, folder), failedChecks);
}

/** What has no place there, or only these files of test/long. */
async function testLong(folder, files) {
  const names = files.length === 0 ? long : ['long'];
  const results = await runInTurn(names, { output: 'live', folder, files });
  return sumUp(await again(results, folder));
}

main('test', async () => {
  const forgotten = forgottenProjects(projects.map(({ displayName }) => displayName));
  if (forgotten.length > 0) throw new StepError(`in no lane: ${forgotten.join(', ')}`);
  const isLong = process.argv.includes('--long');
  const files = process.argv.slice(2).filter((word) => word.endsWith('.test.ts'));
  if (files.length > 0 && !isLong) throw new StepError(`only test:long takes files: ${files[0]}`);
  await setUp(isLong ? 'long' : 'test');
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-test-'));
  try {
    if ((await (isLong ? testLong(folder, files) : testShort(folder))) > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
