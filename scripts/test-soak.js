// `npm run test:soak`: a storm that runs by itself, for 30 minutes or `--seconds N`, in a world of its own: see test/soak/main.ts,
// which takes the options. It prints its seed, and `--seed N` makes the same choices again. Without options each fuzzer then
// searches for ten minutes.
'use strict';
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { setUp } = require('./setup');
const { main, packageRoot, StepError } = require('./steps');

const usualSeconds = 1800;
const fuzzSeconds = 600;
/** What the last round, and a process that can't be ended, may take beyond that. */
const moreSeconds = 900;
const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'];
/** The exit code of a world that was told to end. */
const terminated = 143;

function secondsOf(words) {
  const at = words.findIndex((word) => /^--seconds(=|$)/.test(word));
  const text = at === -1 ? undefined : (words[at].split('=')[1] ?? words[at + 1]);
  return Number(text ?? usualSeconds) || usualSeconds;
}

/** Runs the storm to its end; returns its exit code. */
async function storm(options) {
  const node = [
    ...[process.execPath, '-r', join(packageRoot, 'test/support/source/compile-on-require.js')],
    ...[join(packageRoot, 'test/soak/main.ts'), ...options],
  ];
  // A group of its own, which is ended as a whole: its world ends with it.
  const child = spawn('sh', [join(__dirname, 'own-world.sh'), ...node], {
    stdio: 'inherit',
    detached: true,
    env: { ...process.env, TSLXC_TEST_LANE: 'soak' },
  });
  const end = () => process.kill(-child.pid, 'SIGTERM');
  for (const signal of signals) process.once(signal, end);
  const late = setTimeout(end, (secondsOf(options) + moreSeconds) * 1000);
  const [code] = await once(child, 'close');
  clearTimeout(late);
  for (const signal of signals) process.off(signal, end);
  if (code === terminated) throw new StepError('ended by a signal, or since it took too long');
  return code ?? 1;
}

/** Runs all fuzzers; returns the exit code. */
async function fuzz() {
  const words = [join(__dirname, 'fuzz.js'), 'all', '--seconds', String(fuzzSeconds)];
  const [code] = await once(spawn(process.execPath, words, { stdio: 'inherit' }), 'close');
  return code ?? 1;
}

main('test:soak', async () => {
  await setUp('test');
  const options = process.argv.slice(2);
  const codes = [await storm(options)];
  if (options.length === 0) codes.push(await fuzz());
  process.exitCode = codes.find((code) => code !== 0) ?? 0;
});
