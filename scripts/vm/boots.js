// All boots of one flavour: its disks, the machine, and what its tests said, as results that scripts/jest-report.js
// judges.
'use strict';
const { mkdirSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { describeResult, judge, parseReport } = require('../jest-report');
const { runOrFail, say } = require('../steps');
const { jestCommand } = require('./jest-command');
const { exitCodes, runMachine } = require('./machine');
const { makeProjectDisk } = require('./project-disk');

const maxAttempts = 3;

/** As the package's own install script does: the machine's Node may not be the one that built it. */
const install = 'node scripts/compile-bundle.js';

/** The line of shell that a machine runs, by the number of its boot. */
function bootCommand(name, boots, files) {
  const [first, second] = boots.map(({ projects }) => jestCommand({ name, projects, files }));
  if (second === undefined) return `${install} && ${first}`;
  return `case $(cat /proc/cmdline) in *vmtest.boot=2*) ${second} ;; *) ${install} && ${first} ;; esac`;
}

/** What is wrong with a machine's end, in words. */
function machineFaults(name, { code, console: text }) {
  if (code !== exitCodes.timeLimit && code !== exitCodes.noResult) return [];
  process.stdout.write(`the end of ${name}'s console:\n${text}\n`);
  if (code === exitCodes.timeLimit) return ['the time limit is over'];
  return ['the machine ended without a result'];
}

/** The machine's own disks, to be written on. */
async function makeDisks(command, { image, work, brings }) {
  const [rootDisk, projectDisk] = ['root.img', 'project.img'].map((name) => join(work, name));
  for (const name of [rootDisk, projectDisk, join(work, 'project')])
    rmSync(name, { recursive: true, force: true });
  const copy = ['cp', '--sparse=always', '--reflink=auto', join(image, 'root.img'), rootDisk];
  await runOrFail(copy, (output) => output.trim());
  await makeProjectDisk(projectDisk, { command, work, brings });
  return { rootDisk, projectDisk };
}

/** What takes a machine's lines: those that run beside each other are told apart by their names. */
function listener(name, progress) {
  return {
    ready: () => progress.ready(name),
    wrote: (lines) => {
      progress.wrote(name, lines);
      process.stdout.write(lines.map((line) => `${name}: ${line}\n`).join(''));
    },
  };
}

/** Boots it for each of `boots`, as far as all goes well. Resolves with the ends, in order. */
async function runBoots(flavour, { image, accelerator, work, files, boots, progress }) {
  const { name, brings } = flavour;
  const disks = await makeDisks(bootCommand(name, boots, files), { image, work, brings });
  const ends = [];
  for (const [index, { processors, total }] of boots.entries()) {
    const boot = index + 1;
    const folder = join(work, `boot-${boot}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const { seconds: limit, ...rest } = flavour;
    const started = Date.now();
    progress.begin(name, { total });
    const machine = { ...rest, ...disks, limit, processors, image, accelerator, boot, folder };
    const end = await runMachine(machine, listener(name, progress));
    progress.end(name);
    ends.push({ ...end, started });
    if (end.code !== 0) break;
  }
  return ends;
}

/**
 * QEMU 10.0 sometimes aborts while a machine boots on a busy host ("iotlb_to_section: Assertion"), apparently because of a
 * race between its threads. That has nothing to do with the tests, so they are run again, a few times.
 */
async function runUnaborted(flavour, what) {
  for (let attempt = 1; ; attempt += 1) {
    const ends = await runBoots(flavour, what);
    if (ends.every(({ emulator }) => emulator !== 'aborted') || attempt === maxAttempts)
      return ends;
    say(`QEMU aborted; ${flavour.name} starts again (attempt ${attempt + 1} of ${maxAttempts})`);
  }
}

/**
 * Resolves with a result for each boot. `files` are the only ones to run; `boots` say what each
 * runs, with the number of its files; `progress` is told what happens.
 */
async function runFlavour(flavour, { folder, ...what }) {
  const { name, is } = flavour;
  say(`testing in a machine: ${name} (${is})`);
  const work = join(folder, name);
  mkdirSync(work);
  const ends = await runUnaborted(flavour, { ...what, work });
  const results = ends.map((end, index) => {
    const { code, started } = end;
    const boot = index === 0 ? name : `${name}, after a reboot`;
    const report = parseReport(end.report);
    const faults = machineFaults(boot, end);
    const ended = { report, code, started, ended: end.ended, faults };
    return { code, ...judge({ name: boot, ...ended }) };
  });
  for (const result of results) say(describeResult(result));
  rmSync(work, { recursive: true });
  return results;
}

module.exports = { runFlavour };
