// `npm run test:vm`: the tests that need a kernel and a systemd of their own, each flavour in a machine that is
// made for it and thrown away. Fails on anything but passed tests. Options: names of flavours, default all, and
// files of tests (test/vm/X.test.ts), default all; with files it boots once.
// Exit codes besides 1: 124 for a machine that took too long, 125 for one that ended without a result.
'use strict';
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { constants, tmpdir } = require('node:os');
const { join } = require('node:path');
const { describeResult, judge, parseReport } = require('./jest-report');
const { setUp } = require('./setup');
const { main, runOrFail, say, StepError } = require('./steps');
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

/** What Jest is asked to do in the machine: its line of shell. */
function jestCommand(projects, files) {
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
  const selected = projects.map((name) => `--selectProjects=${name}`);
  const names = files.length === 0 ? [] : ['--', ...files];
  return [...jest, report, ...selected, ...names, '>/dev/null'].join(' ');
}

/** The line of shell that a machine runs, by the number of its boot. */
function bootCommand({ projects, again }, files) {
  const first = jestCommand(projects, files);
  if (again === undefined) return first;
  const second = jestCommand(again, []);
  return `case $(cat /proc/cmdline) in *vmtest.boot=2*) ${second} ;; *) ${first} ;; esac`;
}

/** What is wrong with a machine's end, in words. */
function machineFaults({ code, console: text }) {
  if (code === exitCodes.timeLimit) return ['the time limit is over'];
  if (code !== exitCodes.noResult) return [];
  process.stdout.write(`the end of the machine's console:\n${text}\n`);
  return ['the machine ended without a result'];
}

/** The machine's own disks, to be written on. */
async function makeDisks(flavour, { image, work, files }) {
  const [rootDisk, projectDisk] = ['root.img', 'project.img'].map((name) => join(work, name));
  for (const name of [rootDisk, projectDisk, join(work, 'project')])
    rmSync(name, { recursive: true, force: true });
  const copy = ['cp', '--sparse=always', '--reflink=auto', join(image, 'root.img'), rootDisk];
  await runOrFail(copy, (output) => output.trim());
  await makeProjectDisk(projectDisk, { command: bootCommand(flavour, files), work });
  return { rootDisk, projectDisk };
}

/** Boots it once for `projects` and once for `again`, as far as all goes well. Resolves with the ends, in order. */
async function runBoots(flavour, { image, work, files }) {
  const disks = await makeDisks(flavour, { image, work, files });
  const boots = flavour.again === undefined || files.length > 0 ? [1] : [1, 2];
  const ends = [];
  for (const boot of boots) {
    const folder = join(work, `boot-${boot}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const end = await runMachine({ ...flavour, ...disks, image, boot, folder });
    ends.push(end);
    if (end.code !== 0) break;
  }
  return ends;
}

/**
 * QEMU 10.0 has ended itself while a machine booted on a busy host ("iotlb_to_section: Assertion"), by the looks
 * of it a race of its own threads. That says nothing about the tests, which then begin anew, a few times.
 */
async function runUnaborted(flavour, what) {
  for (let attempt = 1; ; attempt += 1) {
    const ends = await runBoots(flavour, what);
    if (ends.every(({ emulator }) => emulator !== 'aborted') || attempt === maxAttempts)
      return ends;
    say(`QEMU aborted; the machine starts again (attempt ${attempt + 1} of ${maxAttempts})`);
  }
}

/** A result for each boot. */
async function runFlavour(flavour, { image, folder, files }) {
  const { name, is } = flavour;
  say(`testing in a machine: ${name} (${is})`);
  const work = join(folder, name);
  mkdirSync(work);
  const started = Date.now();
  const ends = await runUnaborted(flavour, { image, work, files });
  return ends.map((end, index) => {
    const boot = index === 0 ? name : `${name}, after a reboot`;
    const report = parseReport(end.report);
    const faults = machineFaults(end);
    return { code: end.code, ...judge({ name: boot, report, code: end.code, started, faults }) };
  });
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
  const words = process.argv.slice(2);
  const files = words.filter((word) => word.endsWith('.test.ts'));
  const wanted = chosen(words.filter((word) => !files.includes(word)));
  await setUp('vm');
  const image = await ensureImage();
  const folder = makeWorkFolder();
  const results = [];
  for (const flavour of wanted)
    results.push(...(await runFlavour(flavour, { image, folder, files })));
  sumUp(results);
});
