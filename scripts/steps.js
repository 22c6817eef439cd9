// How the scripts speak and run programs: one line for each step, silence from the program while it
// succeeds, one clear line at the end when it fails. Uses only what Node brings: it runs before set-up.
'use strict';
const { spawn } = require('node:child_process');
const { join } = require('node:path');

const packageRoot = join(__dirname, '..');

/** Something that the user can act on. Shown as one line, without a stack. */
class StepError extends Error {}

/** Says what happens next. */
function say(text) {
  process.stdout.write(`==> ${text}\n`);
}

/**
 * Runs a program; resolves with what it wrote, stdout and stderr in one, and its exit code.
 * `echo: 'live'` shows the output while it comes, `'none'` keeps it; `listen` is given it, too.
 */
function run(argv, { echo = 'none', listen = () => {}, ...options } = {}) {
  const [program, ...parameters] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (echo === 'live') process.stdout.write(chunk);
        listen(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? `signal ${signal}`, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** Like run, but an exit code other than 0 is an error whose one line `explain(output)` picks. */
async function runOrFail(argv, explain, options) {
  const { code, output } = await run(argv, options).catch((error) => {
    throw new StepError(`${argv[0]} can't be run: ${error.message}`);
  });
  if (code !== 0) throw new StepError(explain(output, code));
  return output;
}

/** Runs a script's main function and turns its error into one line and exit code 1. */
function main(name, body) {
  body().catch((error) => {
    process.stderr.write(`${name}: ${error instanceof StepError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  });
}

module.exports = { StepError, main, packageRoot, run, runOrFail, say };
