// `npm test`: makes ready whatever is missing, checks, runs every test project, and sums up. A skipped test, a
// todo, a project without tests or a failed check is a failure, and so is a project that is in no lane. With
// `--long`, `npm run test:long`: the same for the projects of the tests that take long, without the checks.
// A few files that fail are run once more, alone, and named in the sum: see second-run.js.
'use strict';
const { spawn } = require('node:child_process');
const { existsSync, mkdtempSync, readFileSync, rmSync, statSync } = require('node:fs');
const { setPriority, tmpdir } = require('node:os');
const { join, relative } = require('node:path');
const { projects } = require('../jest.config');
const { check } = require('./check');
const { describeResult, judge, parseReport } = require('./jest-report');
const { runAgain } = require('./second-run');
const { setUp } = require('./setup');
const { main, packageRoot, say, StepError } = require('./steps');

/**
 * Lanes that run at once, each in this order. Those of `host` share what the host has once (containers, mounts, ptys),
 * compare it before and after, and run one file at a time; so do those of `apart`, in a world of their own; those `beside`
 * touch none of it. Only `host` does not give way. Then `last` those that measure time, or use up what all share, when there
 * is nothing beside them any more.
 */
const lanes = {
  host: ['addon', 'container', 'host'],
  apart: ['security', 'network', 'life'],
  beside: ['native', 'unit', 'package', 'virtual-network'],
  last: ['undisturbed'],
};

/**
 * What a project is started by. Bridges, rules of nftables and IP forwarding belong to a network namespace: those of the
 * tests are made in one of their own, and the machine's are left alone. With containers beside others' it takes more.
 */
const ownNetwork = ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const ownWorld = ['env', 'TSLXC_TEST_LANE=apart', 'sh', join(__dirname, 'own-world.sh')];
const surroundings = {
  security: ownWorld,
  network: ownWorld,
  life: ownWorld,
  // Some files once more, with all of their repetitions.
  repeated: ['env', 'TSLXC_TEST_REPEATS=all'],
  'network-long': ownNetwork,
  // What the others do on the host meanwhile is none of its business, and they come first.
  'virtual-network': ['env', 'TSLXC_TEST_LANE=beside', ...ownNetwork],
};

/** Projects that have a command of their own. */
const long = ['long', 'repeated', 'network-long', 'install'];
const onDemand = [...long, 'vm', 'vm-again', 'vm-long', 'vm-every', 'vm-selinux', 'vm-apparmor'];

/** The projects of jest.config.js that would never be run. */
function forgottenProjects() {
  const known = [...Object.values(lanes).flat(), ...onDemand];
  return projects.map(({ displayName }) => displayName).filter((name) => !known.includes(name));
}

const graceMilliseconds = 10_000;

/** The nice value of what gives way. */
const lowered = 10;

/** Lanes on few cores, or load that a test makes: what takes its time gets more of it (test/support/eventually.ts). */
const patient = { ...process.env, TSLXC_TEST_SLOWNESS: '4' };

/** Whether a lane leaves the processor, and the terminal, to the others. */
function givesWay(lane) {
  return lane === 'beside' || lane === 'apart';
}

/** The text of a file, or '' when there is none. */
function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Runs a project, or only some files of it. */
async function runProject(name, { lane, folder, files = [] }) {
  say(`testing: ${[name, ...files].join(' ')}`);
  const report = join(folder, `${name}.json`);
  // Of a first run of the project: its age would be taken for this one's.
  rmSync(report, { force: true });
  const jest = join(packageRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--ci', '--json', `--outputFile=${report}`, '--selectProjects', name];
  if (lane !== 'beside' || surroundings[name] !== undefined) options.push('--runInBand');
  if (files.length > 0) options.push('--runTestsByPath', '--', ...files);
  const started = Date.now();
  const argv = [...(surroundings[name] ?? []), process.execPath, jest, ...options];
  const { code, isHeld } = await runJest(argv, { lane, report });
  const faults = isHeld ? ['something that a test left open kept Jest from ending'] : [];
  return judge({ name, report: parseReport(readText(report)), code, started, faults });
}

/**
 * Jest writes for people to stderr, and tests print what they have measured to stdout. Both are shown: at once
 * of the lane of the host, else in one piece. Its JSON goes to `report`. Once that is there it has to end: what a
 * test left open would hold it for ever, and is that test's fault.
 */
function runJest(argv, { lane, report }) {
  const [program, ...parameters] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: packageRoot,
      env: lane === 'last' ? process.env : patient,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (givesWay(lane)) setPriority(child.pid, lowered);
    const kept = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        if (!givesWay(lane)) process.stderr.write(chunk);
        else kept.push(chunk);
      });
    }
    let isHeld = false;
    const watch = setInterval(() => {
      if (!existsSync(report) || Date.now() - statSync(report).mtimeMs < graceMilliseconds) return;
      isHeld = true;
      child.kill('SIGKILL');
    }, 1000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      process.stderr.write(Buffer.concat(kept));
      resolve({ code, isHeld });
    });
  });
}

/** `failedChecks` is left out where nothing was checked. */
function sumUp(results, failedChecks) {
  const sum = (key) => results.reduce((total, one) => total + one[key], 0);
  process.stdout.write('\n');
  for (const result of results) say(describeResult(result));
  for (const file of results.flatMap(({ unsteady = [] }) => unsteady)) {
    say(`UNSTEADY: ${relative(packageRoot, file)} failed, and passed when it was run again alone`);
  }
  if (failedChecks !== undefined) {
    say(`checks: ${failedChecks.length === 0 ? 'clean' : `failed: ${failedChecks.join(', ')}`}`);
  }
  const failed = sum('failed') + (failedChecks?.length ?? 0);
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
  return failed;
}

async function runLane(lane, folder) {
  const results = [];
  for (const name of lanes[lane]) results.push(await runProject(name, { lane, folder }));
  return results;
}

/** What failed once more, with nothing beside it. */
function again(results, lane, folder) {
  return runAgain(results, ({ name, failedFiles }) =>
    runProject(name, { lane, folder, files: failedFiles }),
  );
}

/** What everybody waits for: the lanes, and the checks. Returns how much failed. */
async function testShort(folder) {
  // The checks with the lane that has less to do.
  const [[failedChecks, beside], ...others] = await Promise.all([
    check().then(async (failed) => [failed, await runLane('beside', folder)]),
    runLane('apart', folder),
    runLane('host', folder),
  ]);
  const results = [...beside, ...others.flat(), ...(await runLane('last', folder))];
  return sumUp(await again(results, 'last', folder), failedChecks);
}

/** What has no place there. */
async function testLong(folder) {
  const results = [];
  for (const name of long) results.push(await runProject(name, { lane: 'long', folder }));
  return sumUp(await again(results, 'long', folder));
}

main('test', async () => {
  const forgotten = forgottenProjects();
  if (forgotten.length > 0) throw new StepError(`in no lane: ${forgotten.join(', ')}`);
  const isLong = process.argv.includes('--long');
  await setUp(isLong ? 'long' : 'test');
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-test-'));
  try {
    if ((await (isLong ? testLong(folder) : testShort(folder))) > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
