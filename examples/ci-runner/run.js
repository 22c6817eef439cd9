/**
 * `node run.js JOBS.json`: runs the jobs of a file, two at a time, shows what they print, and tells what became of each. The
 * exit code is 0 when all have passed. ^C cancels them.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { connect, makeRoot, TslxcError } from 'tslxc';
import { runJob } from './run-job.js';

/** @typedef {import('./run-job.js').Job} Job */
/** @typedef {import('./run-job.js').Outcome} Outcome */

const parallel = 2;
const home = resolve(process.env['CI_HOME'] ?? '/var/lib/ci-runner');
const artefacts = resolve(process.env['CI_ARTEFACTS'] ?? 'artefacts');

/** Only the host's root may look into `home`: a set-uid program of a job belongs to the host's root on disk. */
async function makeFolders() {
  const base = join(home, 'base');
  const scratch = join(home, 'scratch');
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(scratch, { recursive: true });
  await mkdir(artefacts, { recursive: true });
  try {
    await makeRoot(base);
  } catch (error) {
    // It is there since an earlier run.
    if (!TslxcError.is(error, 'OPERATION_INVALID')) throw error;
  }
  return { base, scratch };
}

/**
 * The source and the jobs of a file. A relative path is one from where the file is.
 *
 * @param {string} file
 * @returns {Promise<{ source: string, jobs: Job[] }>}
 */
async function readJobs(file) {
  const { source, jobs } = JSON.parse(await readFile(file, 'utf8'));
  const names = jobs.map((/** @type {Job} */ job) => job.name);
  const wrong = names.find((/** @type {string} */ name) => !/^\w[\w.-]*$/.test(name));
  if (wrong !== undefined) throw new Error(`'${wrong}' can't be the name of a job`);
  if (new Set(names).size < names.length) throw new Error('two jobs have one name');
  return { source: resolve(dirname(file), source), jobs };
}

/**
 * Takes chunks of output, and prints lines that begin with the name of the job.
 *
 * @param {string} name
 */
function linePrinter(name) {
  let rest = Buffer.alloc(0);
  const print = (/** @type {Buffer} */ line) => {
    // A job may print whatever it likes, but not steer the terminal.
    console.log(`[${name}] ${line.toString().replace(/\p{Cc}/gu, ' ')}`);
  };
  return {
    write: (/** @type {Buffer} */ chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
        print(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
    },
    end: () => {
      if (rest.length > 0) print(rest);
    },
  };
}

/** @param {string} file */
async function main(file) {
  const cancelled = new AbortController();
  process.once('SIGINT', () => cancelled.abort());
  process.once('SIGTERM', () => cancelled.abort());
  const { source, jobs } = await readJobs(file);
  const folders = { ...(await makeFolders()), source, artefacts };
  const connection = await connect();
  /** @type {Map<string, Outcome>} */
  const outcomes = new Map();
  const queue = jobs.values();
  const work = async () => {
    for (const job of queue) {
      const { write, end } = linePrinter(job.name);
      const settings = { ...folders, write, signal: cancelled.signal };
      outcomes.set(job.name, await runJob(connection, job, settings));
      end();
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, work));
  } finally {
    await connection.close();
  }
  return report(jobs, outcomes);
}

/**
 * Prints what became of the jobs, in their order; returns the exit code.
 *
 * @param {Job[]} jobs
 * @param {Map<string, Outcome>} outcomes
 */
function report(jobs, outcomes) {
  for (const { name } of jobs) {
    const { verdict = 'cancelled', detail, archive } = outcomes.get(name) ?? {};
    console.log([`${name}: ${verdict}`, detail, archive].filter(Boolean).join(', '));
  }
  return [...outcomes.values()].every(({ verdict }) => verdict === 'passed') ? 0 : 1;
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node run.js JOBS.json');
  process.exitCode = 2;
} else {
  process.exitCode = await main(file);
}
