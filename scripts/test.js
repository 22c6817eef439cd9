// `npm test`: makes ready whatever is missing, checks, runs every test project, and sums up. A skipped
// test, a todo, a project without tests or a failed check is a failure. With `--long`, `npm run test:long`:
// the same for the project of the tests that take long, without the checks.
'use strict';
const { spawn } = require('node:child_process');
const { existsSync, mkdtempSync, readFileSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { check } = require('./check');
const { describeResult, judge, parseReport } = require('./jest-report');
const { setUp } = require('./setup');
const { main, packageRoot, say } = require('./steps');

/** In this order; `alone` projects share the host and run one file at a time. */
const projects = [
  { name: 'unit', mode: 'parallel' },
  { name: 'native', mode: 'parallel' },
  { name: 'addon', mode: 'alone' },
  { name: 'container', mode: 'alone' },
  { name: 'package', mode: 'alone' },
];

/** What has no place in `npm test`, which everybody waits for. */
const longProjects = [{ name: 'long', mode: 'alone' }];

const graceMilliseconds = 10_000;

/** The text of a file, or '' when there is none. */
function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

async function runProject({ name, mode }, folder) {
  say(`testing: ${name}`);
  const report = join(folder, `${name}.json`);
  const jest = join(packageRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--ci', '--json', `--outputFile=${report}`, '--selectProjects', name];
  if (mode === 'alone') options.push('--runInBand');
  const started = Date.now();
  const { code, isHeld } = await runJest([process.execPath, jest, ...options], report);
  const faults = isHeld ? ['something that a test left open kept Jest from ending'] : [];
  return judge({ name, report: parseReport(readText(report)), code, started, faults });
}

/**
 * Jest writes for people to stderr, which is shown; its JSON goes to `report`. Once that is there it has
 * to end: what a test left open would hold it for ever, and is that test's fault.
 */
function runJest(argv, report) {
  const [program, ...parameters] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: packageRoot,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    let isHeld = false;
    const watch = setInterval(() => {
      if (!existsSync(report) || Date.now() - statSync(report).mtimeMs < graceMilliseconds) return;
      isHeld = true;
      child.kill('SIGKILL');
    }, 1000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, isHeld });
    });
  });
}

/** `failedChecks` is left out where nothing was checked. */
function sumUp(results, failedChecks) {
  const sum = (key) => results.reduce((total, one) => total + one[key], 0);
  process.stdout.write('\n');
  for (const result of results) say(describeResult(result));
  if (failedChecks !== undefined) {
    say(`checks: ${failedChecks.length === 0 ? 'clean' : `failed: ${failedChecks.join(', ')}`}`);
  }
  const failed = sum('failed') + (failedChecks?.length ?? 0);
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
  return failed;
}

main('test', async () => {
  const isLong = process.argv.includes('--long');
  await setUp(isLong ? 'long' : 'test');
  const failedChecks = isLong ? undefined : await check();
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-test-'));
  const results = [];
  try {
    for (const project of isLong ? longProjects : projects) {
      results.push(await runProject(project, folder));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (sumUp(results, failedChecks) > 0) process.exitCode = 1;
});
