// Runs whole commands one after another, and says at the end what each took. Before that it repeats how the output of those
// that failed ended: of a long log, the end may be all that is kept. A run that takes longer than its budget says so; at its limit
// it is ended, and has failed.
'use strict';
const { spawn } = require('node:child_process');
const { packageRoot, say, StepError } = require('./steps');

const minute = 60_000;

/** Milliseconds after a part's end in which its output may still come: a process that it left behind may hold that open. */
const grace = 1000;

/** Bytes of a failed part's output that are shown again. */
const tailSize = 12_000;

function inMinutes(milliseconds) {
  return `${(milliseconds / minute).toFixed(1)} min`;
}

/** What the end of a part says that is wrong with it, or undefined. */
function faultOf(code, signal) {
  if (code === 0) return undefined;
  if (code === 124 || code === 137) return 'the time of the whole run is over';
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

/**
 * Runs a part to its end, or kills it with all that it has started. Resolves with its `fault`, undefined when it has passed,
 * and with the `tail` of its output.
 */
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
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let tail = Buffer.alloc(0);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        process.stdout.write(chunk);
        tail = Buffer.concat([tail, chunk]).subarray(-tailSize);
      });
    }
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const end = () => {
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
        resolve({ fault: faultOf(code, signal), tail: tail.toString() });
      };
      const timer = setTimeout(end, grace);
      child.on('close', () => {
        clearTimeout(timer);
        end();
      });
    });
  });
}

/**
 * Runs `parts`, each with its `name`, its `argv` and perhaps an `env`; all of them, also after one that failed. Throws when
 * one has failed. Longer than `budget` minutes for all together is a warning, since it says as much of the machine as of the tests.
 * After `limit` minutes what still runs is killed, and has failed.
 */
async function runParts(parts, { budget, limit }) {
  const begun = Date.now();
  const lines = [];
  const failed = [];
  for (const part of parts) {
    const started = Date.now();
    const left = begun + limit * minute - started;
    say(`part: ${part.name}`);
    const { fault, tail } =
      left > 0
        ? await runPart(part, left)
        : { fault: 'not run: the time of the whole run is over' };
    lines.push(`${part.name}: ${fault ?? 'passed'}, ${inMinutes(Date.now() - started)}`);
    if (fault !== undefined) failed.push({ name: part.name, tail });
  }
  const whole = Date.now() - begun;
  process.stdout.write('\n');
  for (const { name, tail = '' } of failed) say(`${name} failed; its output ended:\n${tail}\n`);
  for (const line of [...lines, `in all: ${inMinutes(whole)} of ${budget}`]) say(line);
  if (whole > budget * minute) {
    say(`WARNING: it took ${inMinutes(whole)}, more than the ${budget} that it should`);
  }
  if (failed.length > 0)
    throw new StepError(`failed: ${failed.map(({ name }) => name).join(', ')}`);
}

module.exports = { runParts };
