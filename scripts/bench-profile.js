// `npm run bench:profile`: what the library does in a start and a destroy: when each step ends, the system calls of each process,
// and where the caller's process spends its time. `--runs N`: how many are measured for steps and CPU profile; `--json FILE`.
'use strict';
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { readOptions } = require('./bench/options');
const { selfTimes } = require('./bench/profile/cpu-profile');
const { summarizeTrace } = require('./bench/profile/trace');
const { makeSite } = require('./bench/site');
const { median } = require('./bench/statistics');
const { OpenSystems } = require('./bench/systems');
const { enter, isInside } = require('./bench/world');
const { setUp } = require('./setup');
const { main, say, StepError } = require('./steps');

const name = 'bench-profile';
/** How many functions and calls are shown. */
const shown = 25;

/** The medians of when each step of a start was over, in their order. */
async function measureSteps(service, runs) {
  const times = new Map();
  for (let run = 0; run < runs; run += 1) {
    for (const [step, time] of await service.ask('steps', { name })) {
      times.set(step, [...(times.get(step) ?? []), time]);
    }
  }
  await service.ask('closeSteps');
  return [...times].map(([step, all]) => ({ step, milliseconds: median(all) }));
}

/** Resolves when strace says that it has attached; throws with what it says when it ends instead. */
function attached(strace) {
  let said = '';
  return new Promise((resolve, reject) => {
    strace.stderr.on('data', (chunk) => {
      said += chunk;
      if (/attached/.test(said)) resolve();
    });
    strace.on('close', () => reject(new StepError(`strace: ${said.trim()}`)));
  });
}

/** The system calls of one start and one destroy. */
async function traceOnce(service, directory) {
  const file = join(directory, 'trace');
  const strace = spawn(
    'strace',
    ['-f', '-ttt', '-s', '64', '-o', file, '-p', String(service.pid)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const ended = once(strace, 'close');
  await attached(strace);
  const { begin, running, end } = await service.ask('moments', { name });
  strace.kill('SIGINT');
  await ended;
  const text = readFileSync(file, 'latin1');
  return {
    start: summarizeTrace(text, { begin, end: running }),
    destroy: summarizeTrace(text, { begin: running, end }),
  };
}

async function profileCpu(service, runs) {
  const times = selfTimes(await service.ask('profile', { name, runs }));
  return times.map(([place, time]) => ({ place, milliseconds: time / 1000 / runs }));
}

function printSteps(steps) {
  say('steps of a start: milliseconds at which each is over, medians');
  for (const { step, milliseconds } of steps) {
    process.stdout.write(`  ${milliseconds.toFixed(2).padStart(7)}  ${step}\n`);
  }
}

function printTrace(what, processes) {
  say(`system calls of a ${what}, under strace, which makes all slower`);
  for (const { kind, calls, counts, first, last } of processes) {
    const when = `${first.toFixed(1)}–${last.toFixed(1)} ms`;
    process.stdout.write(`  ${kind}: ${calls} calls, ${when}\n`);
    const words = counts.slice(0, shown).map(([call, count]) => `${call} ${count}`);
    process.stdout.write(`    ${words.join(', ')}\n`);
  }
}

function printCpu(functions) {
  say("the caller's CPU profile: milliseconds of each function itself, for a start and destroy");
  for (const { place, milliseconds } of functions.slice(0, shown)) {
    process.stdout.write(`  ${milliseconds.toFixed(3).padStart(7)}  ${place}\n`);
  }
}

async function profile(runs) {
  const site = await makeSite();
  const open = new OpenSystems(['library'], site);
  try {
    const library = await open.get('library');
    await library.make({ name, variant: 'plain', program: 'sleep' });
    const { service } = library;
    const steps = await measureSteps(service, runs);
    printSteps(steps);
    const functions = await profileCpu(service, runs);
    const traces = await traceOnce(service, site.directory);
    for (const [what, processes] of Object.entries(traces)) printTrace(what, processes);
    printCpu(functions);
    return { steps, traces, functions };
  } finally {
    await open.close();
    site.remove();
  }
}

main('bench', async () => {
  const options = readOptions(process.argv.slice(2), { only: ['runs', 'json'] });
  if (!isInside()) {
    await setUp('test');
    enter();
    return;
  }
  const result = await profile(options.runs ?? 50);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  }
});
