// `npm run test:vm`: the tests that need a kernel and a systemd of their own, each flavour in a machine that is
// made for it and thrown away, two at a time. Fails on anything but passed tests. Options: names of flavours,
// default all without a suite, and files of tests (test/vm/X.test.ts), default all; with files it boots once those that have them. With
// `--quick` those flavours boot once that have a quick part, for that. With `--escapes` it is the escape recipes instead, on several
// kernels with both kinds of cgroups: scripts/vm/escapes.js.
// Exit codes besides 1: 124 for a machine that took too long, 125 for one that ended without a result.
'use strict';
const { mkdtempSync, rmSync } = require('node:fs');
const { constants, tmpdir } = require('node:os');
const { join } = require('node:path');
const { describeResult } = require('./jest-report');
const { setUp } = require('./setup');
const { main, say, StepError } = require('./steps');
const { buildMonitors } = require('./unsafe/monitor');
const { buildProbe } = require('./unsafe/probe');
const { chooseAccelerator } = require('./vm/accelerator');
const { runFlavour } = require('./vm/boots');
const { bootsOf, flavours } = require('./vm/flavours');
const { ensureImage } = require('./vm/image');
const { countFiles } = require('./vm/jest-command');
const { exitCodes } = require('./vm/machine');
const { Progress } = require('./vm/progress');

const options = ['--quick', '--escapes'];

/** One for each processor of a small host: with more they only wait for each other. */
const machinesAtOnce = 2;

/** The flavours that were asked for: by their names, or else all of the suite. */
function chosen(names, suite) {
  const known = flavours.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new StepError(`no flavour '${unknown}'; there are: ${known.join(', ')}`);
  }
  return names.length === 0
    ? flavours.filter((flavour) => flavour.suite === suite)
    : flavours.filter(({ name }) => names.includes(name));
}

/** The boots of a flavour, with the number of files that each runs. */
async function bootsWithTotals(flavour, files) {
  const boots = [];
  for (const boot of bootsOf(flavour, files)) {
    let total = 0;
    for (const project of boot.projects) {
      const count = await countFiles(project, files);
      if (count === 0 && files.length === 0) throw new StepError(`no test in project ${project}`);
      total += count;
    }
    boots.push({ ...boot, total });
  }
  return boots;
}

/** What each of the flavours will run. Those that have none of the files are left out: they would be machines that test nothing. */
async function planned(wanted, { files, isQuick }) {
  const rows = [];
  for (const flavour of wanted) {
    if (isQuick && flavour.quick === undefined) continue;
    const own = isQuick ? flavour.quick : files;
    rows.push({ flavour, files: own, boots: await bootsWithTotals(flavour, own) });
  }
  const having = rows.filter(({ boots }) => boots[0].total > 0);
  if (having.length === 0)
    throw new StepError(`in no flavour: ${isQuick ? 'a quick part' : files.join(' ')}`);
  return having;
}

/** Calls `work` for each item in order, for so many at once. Resolves with what it resolves with, in order. */
async function someAtOnce(count, items, work) {
  const results = [];
  const queue = items.entries();
  const next = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, next));
  return results;
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
  if (files.some((file) => file.includes('test/vm-again/')))
    throw new StepError('test/vm-again runs after what the whole of its flavour has left');
  const isQuick = words.includes('--quick');
  if (isQuick && files.length > 0) throw new StepError('--quick chooses the files itself');
  const suite = words.includes('--escapes') ? 'escapes' : undefined;
  const names = words.filter((word) => !options.includes(word) && !files.includes(word));
  const wanted = chosen(names, suite);
  await setUp('vm');
  const rows = await planned(wanted, { files, isQuick });
  if (rows.some(({ flavour }) => flavour.brings === 'probe and weak monitors')) {
    await buildProbe();
    await buildMonitors();
  }
  const image = await ensureImage();
  const { argument: accelerator, why } = await chooseAccelerator(image);
  say(`the machines are run by ${accelerator}: ${why}`);
  const folder = makeWorkFolder();
  const progress = new Progress();
  const what = { image, accelerator, folder, progress };
  const results = await someAtOnce(machinesAtOnce, rows, ({ flavour, ...own }) =>
    runFlavour(flavour, { ...what, ...own }),
  ).finally(() => progress.stop());
  sumUp(results.flat());
});
