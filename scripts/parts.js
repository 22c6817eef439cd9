// Runs whole commands one after another, and says at the end what each took. Over its time a run has failed in so many words,
// and at twice that it is ended.
'use strict';
const { spawn } = require('node:child_process');
const { packageRoot, say, StepError } = require('./steps');

const minute = 60_000;

function inMinutes(milliseconds) {
  return `${(milliseconds / minute).toFixed(1)} min`;
}

/** Runs a part to its end, or kills it with all that it has started. Resolves with what is wrong, or undefined. */
function runPart({ argv, env = {} }, limit) {
  const [program, ...words] = argv;
  return new Promise((resolve, reject) => {
    // `timeout` puts it into a group of its own, and ends that.
    const child = spawn(
      'timeout',
      ['--kill-after=30', String(Math.ceil(limit / 1000)), program, ...words],
      {
        cwd: packageRoot,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (code === 124 || code === 137) resolve('the time of the whole run is over');
      else resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`);
    });
  });
}

/**
 * Runs `parts`, each with its `name`, its `argv` and perhaps an `env`; all of them, also after one that failed. Throws when
 * one has failed, or when all together took longer than `budget` minutes. After `limit` minutes what still runs is killed.
 */
async function runParts(parts, { budget, limit }) {
  const begun = Date.now();
  const lines = [];
  const failed = [];
  for (const part of parts) {
    const started = Date.now();
    const left = begun + limit * minute - started;
    say(`part: ${part.name}`);
    const fault =
      left > 0 ? await runPart(part, left) : 'not run: the time of the whole run is over';
    lines.push(`${part.name}: ${fault ?? 'passed'}, ${inMinutes(Date.now() - started)}`);
    if (fault !== undefined) failed.push(part.name);
  }
  const whole = Date.now() - begun;
  process.stdout.write('\n');
  for (const line of [...lines, `in all: ${inMinutes(whole)} of ${budget}`]) say(line);
  if (failed.length > 0) throw new StepError(`failed: ${failed.join(', ')}`);
  if (whole > budget * minute) {
    throw new StepError(
      `all parts passed, and took ${inMinutes(whole)}: more than the ${budget} that they may`,
    );
  }
}

module.exports = { runParts };
