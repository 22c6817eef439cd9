// `npm test`: makes ready whatever is missing, runs the test projects of its lanes, and sums up. A skipped test, a todo or a
// project without tests is a failure, and so is a project that is in no lane. With `--more`, `npm run test:more`: the same for
// the lanes of test/more; with `--long`, `npm run test:long`: for the projects of the tests that take long, or for some files
// of test/long; with `--parity`, `npm run test:parity`: for the comparison with a real libvirt; with `--clients`,
// `npm run test:clients`: for what the clients of libvirt do with the daemon, or for some files of test/clients.
// If only a few files fail, they are run once more, alone, to tell a flaky test from a broken one: see second-run.js.
'use strict';
const { existsSync, mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative } = require('node:path');
const { projects } = require('../jest.config');
const { fetchKitIfPossible } = require('./compatibility-kit');
const { describeSides } = require('./host-sides');
const { runJest } = require('./jest-process');
const { describeFailure, describeResult, judge, parseReport } = require('./jest-report');
const {
  clients,
  forgottenProjects,
  lanes,
  last,
  long,
  moreLanes,
  moreLast,
  needsOf,
  parity,
  runsKit,
  settingsOf,
} = require('./lanes');
const { runAgain } = require('./second-run');
const { setUp } = require('./setup');
const { main, packageRoot, say, StepError } = require('./steps');
const { readArguments } = require('./test-arguments');

/** Failures that are told again at the end. */
const maxFailures = 10;

/** The text of a file, or '' when there is none. */
function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Runs a project, or only some files of it; `output` is `live`, or `kept` while others run beside it. */
async function runProject(name, { output, folder, files = [] }) {
  say(`testing: ${[name, ...files].join(' ')}`);
  const report = join(folder, `${name}.json`);
  // A report of the first run would look as if this run had finished.
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

/** Tells what failed again, here where it is found; returns how much it is. */
function sumUp(results) {
  const sum = (key) => results.reduce((total, one) => total + one[key], 0);
  process.stdout.write('\n');
  for (const failure of results.flatMap(({ failures }) => failures).slice(0, maxFailures)) {
    say(`failed: ${describeFailure(failure)}`);
  }
  for (const result of results) say(describeResult(result));
  for (const line of results.flatMap(describeSecondRun)) say(line);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed');
}

/** Runs these projects one after another. */
async function runInTurn(names, options) {
  const results = [];
  for (const name of names) results.push(await runProject(name, options));
  return results;
}

/** Runs the failed files once more, with nothing else running. */
function again(results, folder) {
  return runAgain(results, ({ name, failedFiles }) =>
    runProject(name, { output: 'live', folder, files: failedFiles }),
  );
}

/** The projects of lanes that run at once, and those that come when these are over. */
async function runLanes(beside, after, folder) {
  const all = await Promise.all(
    Object.entries(beside).map(([lane, names]) =>
      runInTurn(names, { output: lane === 'host' ? 'live' : 'kept', folder }),
    ),
  );
  return [...all.flat(), ...(await runInTurn(after, { output: 'live', folder }))];
}

/** Each resolves with the results of its projects; `files` are of test/long or test/clients. */
const tiers = {
  test: (folder) => runLanes(lanes, last, folder),
  more: (folder) => runLanes(moreLanes, moreLast, folder),
  parity: (folder) => runInTurn(parity, { output: 'live', folder }),
  clients: (folder, files) => runInTurn(clients, { output: 'live', folder, files }),
  long: (folder, files) =>
    runInTurn(files.length === 0 ? long : ['long'], { output: 'live', folder, files }),
};

main('test', async () => {
  const forgotten = forgottenProjects(projects.map(({ displayName }) => displayName));
  if (forgotten.length > 0) throw new StepError(`projects without a lane: ${forgotten.join(', ')}`);
  const { tier, files } = readArguments(process.argv.slice(2), process.env);
  await setUp(...needsOf(tier, files));
  if (runsKit(tier, files)) await fetchKitIfPossible();
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-test-'));
  const sides = join(folder, 'host-sides');
  process.env.TSLXC_TEST_SIDES = sides;
  try {
    const results = await again(await tiers[tier](folder, files), folder);
    for (const line of describeSides(readText(sides))) say(line);
    if (sumUp(results) > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
