/**
 * One job: a container is made for it, its steps are run in that one after the other, what it is to hand over is fetched, and
 * the container and all that it has written are gone. The job is not trusted: it may be anything that a pull request says.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TslxcError } from 'tslxc';
import { definition } from './definition.js';

/**
 * @typedef {object} Job
 * @property {string} name - letters, digits, `.`, `_` and `-`
 * @property {string[]} steps - lines of shell, each run in /workspace, a copy of the source; the first that fails is the last
 * @property {string[]} [artefacts] - paths in /workspace that are handed over as one archive when all steps have passed
 * @property {number} [seconds] - that the whole job may take; 300 by default
 * @property {number} [memory] - MiB; 256 by default
 * @property {number} [processes] - and threads; 128 by default
 * @property {number} [cpus] - 1 by default
 */

/**
 * @typedef {object} Surroundings
 * @property {string} base - folder with the root that all jobs share
 * @property {string} scratch - folder below which each job writes to a folder of its own
 * @property {string} source - folder that the job works on a copy of
 * @property {string} artefacts - folder that gets NAME.tar
 * @property {(chunk: Buffer) => void} write - is given what the steps print
 * @property {AbortSignal} signal - cancels the job
 */

/**
 * @typedef {object} Outcome
 * @property {'passed' | 'failed' | 'out of memory' | 'timed out' | 'cancelled'} verdict
 * @property {string} [detail] - what has failed
 * @property {string} [archive] - file with the artefacts: as trustworthy as the job
 */

/** @typedef {import('tslxc').Domain} Domain */

/** Bytes that a step may print, and as many of errors. */
const largestOutput = 4 * 1024 * 1024;

/** Bytes of artefacts. */
const largestArchive = 64 * 1024 * 1024;

const success = 'exit code 0';

/**
 * @param {import('tslxc').Connection} connection
 * @param {Job} job
 * @param {Surroundings} surroundings
 * @returns {Promise<Outcome>}
 */
export async function runJob(connection, job, { base, scratch, source, artefacts, write, signal }) {
  const { name, memory = 256, processes = 128, cpus = 1, seconds = 300 } = job;
  const timeout = AbortSignal.timeout(seconds * 1000);
  const ending = AbortSignal.any([timeout, signal]);
  const upper = await mkdtemp(join(scratch, `${name}-`));
  try {
    const unique = `ci-${basename(upper)}`;
    const limits = { memory, processes, cpus };
    const spec = definition({ name: unique, base, upper, source, ...limits });
    // With autodestroy no job outlives this process, however it ends.
    const domain = await connection.createDomain(spec, { autodestroy: true, signal: ending });
    try {
      return await runSteps(domain, job, {
        archive: join(artefacts, `${name}.tar`),
        write,
        ending,
      });
    } finally {
      // What `await using` does, where the language has it.
      await domain[Symbol.asyncDispose]();
    }
  } catch (error) {
    if (signal.aborted) return { verdict: 'cancelled' };
    if (timeout.aborted) return { verdict: 'timed out', detail: `after ${seconds} s` };
    if (!TslxcError.is(error)) throw error;
    // A job can end its container in the middle of a step, and takes no other along.
    return { verdict: 'failed', detail: error.message };
  } finally {
    await rm(upper, { recursive: true, force: true });
  }
}

/**
 * @param {Domain} domain
 * @param {Job} job
 * @param {{ archive: string, write: (chunk: Buffer) => void, ending: AbortSignal }} options
 * @returns {Promise<Outcome>}
 */
async function runSteps(domain, { steps, artefacts = [] }, { archive, write, ending }) {
  const settings = { write, signal: ending };
  const copied = await run(domain, ['cp', '-r', '/source', '/workspace'], settings);
  if (copied !== success) return { verdict: 'failed', detail: `copying the source: ${copied}` };
  for (const step of steps) {
    write(Buffer.from(`$ ${step}\n`));
    const argv = ['sh', '-ec', step];
    const end = await run(domain, argv, { ...settings, cwd: '/workspace' });
    if (end === success) continue;
    const { memory } = await domain.stats();
    const verdict = (memory?.oomKills ?? 0) > 0 ? 'out of memory' : 'failed';
    return { verdict, detail: `${step}: ${end}` };
  }
  if (artefacts.length === 0) return { verdict: 'passed' };
  const isPacked = await fetchArtefacts(domain, artefacts, { archive, ...settings });
  return isPacked
    ? { verdict: 'passed', archive }
    : { verdict: 'failed', detail: "artefacts: they can't be packed" };
}

/**
 * Runs a command to its end, and resolves to how it ended. What it prints is passed on while it runs.
 *
 * @param {Domain} domain
 * @param {string[]} argv
 * @param {{ write: (chunk: Buffer) => void, signal: AbortSignal, cwd?: string }} options
 */
async function run(domain, argv, { write, ...options }) {
  const settings = { env: { CI: 'true' }, maxBuffer: largestOutput, ...options };
  const command = domain.exec(argv, { stdin: 'ignore', ...settings });
  const { stdout, stderr } = await command.started;
  const streams = [stdout, stderr];
  for (const stream of streams) stream.on('data', write);
  const { code, signal } = await command;
  // What the step has left behind may go on as long as the job, but prints no more.
  for (const stream of streams) stream.off('data', write);
  return signal ?? `exit code ${code}`;
}

/**
 * Has an archive made inside, and takes down its bytes. So no path that the job has chosen is ever followed on the host.
 *
 * @param {Domain} domain
 * @param {string[]} paths
 * @param {{ archive: string, write: (chunk: Buffer) => void, signal: AbortSignal }} options
 */
async function fetchArtefacts(domain, paths, { archive, write, signal }) {
  const { stdout, stderr, code } = await domain.exec(['tar', '-cf', '-', '--', ...paths], {
    cwd: '/workspace',
    encoding: 'buffer',
    maxBuffer: largestArchive,
    signal,
  });
  write(stderr);
  if (code === 0) await writeFile(archive, stdout);
  return code === 0;
}
