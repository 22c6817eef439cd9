// `npm run test:vm`: the tests that need a kernel and a systemd of their own, each flavour in a machine that is
// made for it and thrown away. Fails on anything but passed tests. Options: names of flavours, default all.
// Exit codes besides 1: 124 for a machine that took too long, 125 for one that ended without a result.
'use strict';
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { constants, tmpdir } = require('node:os');
const { join } = require('node:path');
const { describeResult, judge, parseReport } = require('./jest-report');
const { setUp } = require('./setup');
const { main, say, StepError } = require('./steps');
const { flavours } = require('./vm/flavours');
const { ensureImage } = require('./vm/image');
const { exitCodes, runMachine } = require('./vm/machine');
const { makeProjectDisk } = require('./vm/project-disk');

/** The flavours that were asked for. */
function chosen(names) {
  const known = flavours.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new StepError(`no flavour '${unknown}'; there are: ${known.join(', ')}`);
  }
  return names.length === 0 ? flavours : flavours.filter(({ name }) => names.includes(name));
}

/** Processes start some twenty times as slowly under emulation. */
const slowness = 20;

const maxAttempts = 3;

/** What Jest is asked to do in the machine. */
function jestCommand({ projects }) {
  const jest = [
    `TSLXC_TEST_SLOWNESS=${slowness}`,
    'exec',
    'node',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--runInBand',
    '--json',
  ];
  const report = '--outputFile=/run/vmtest/report.json';
  return [...jest, report, '--selectProjects', ...projects, '>/dev/null'].join(' ');
}

/** What is wrong with a machine's end, in words. */
function machineFaults({ code, console: text }) {
  if (code === exitCodes.timeLimit) return ['the time limit is over'];
  if (code !== exitCodes.noResult) return [];
  process.stdout.write(`the end of the machine's console:\n${text}\n`);
  return ['the machine ended without a result'];
}

/**
 * QEMU 10.0 has ended itself while a machine booted on a busy host ("iotlb_to_section: Assertion"), by the looks
 * of it a race of its own threads. That says nothing about the tests, which then begin anew, a few times.
 */
async function runUnaborted(machine) {
  for (let attempt = 1; ; attempt += 1) {
    const end = await runMachine(machine);
    if (end.emulator !== 'aborted' || attempt === maxAttempts) return end;
    say(`QEMU aborted; the machine starts again (attempt ${attempt + 1} of ${maxAttempts})`);
  }
}

async function runFlavour(flavour, { image, folder }) {
  const { name, is } = flavour;
  say(`testing in a machine: ${name} (${is})`);
  const work = join(folder, name);
  mkdirSync(work);
  const projectDisk = join(work, 'project.img');
  const started = Date.now();
  await makeProjectDisk(projectDisk, { command: jestCommand(flavour), work });
  const end = await runUnaborted({ ...flavour, image, projectDisk, folder: work });
  const faults = machineFaults(end);
  const report = parseReport(end.report);
  return { code: end.code, ...judge({ name, report, code: end.code, started, faults }) };
}

function sumUp(results) {
  process.stdout.write('\n');
  for (const result of results) say(describeResult(result));
  const sum = (key) => results.reduce((total, one) => total + one[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  if (sum('failed') === 0) return;
  const machine = results
    .map(({ code }) => code)
    .find((code) => Object.values(exitCodes).includes(code));
  process.exitCode = machine ?? 1;
}

/** A folder that is gone with this process, also when that is interrupted. QEMU dies with it too. */
function makeWorkFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-vm-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  return folder;
}

main('test:vm', async () => {
  const wanted = chosen(process.argv.slice(2));
  await setUp('vm');
  const image = await ensureImage();
  const folder = makeWorkFolder();
  const results = [];
  for (const flavour of wanted) results.push(await runFlavour(flavour, { image, folder }));
  sumUp(results);
});
