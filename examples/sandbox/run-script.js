/** One script of a stranger: run in a container that is made for it, until it ends or has used up what it may. */
import { TslxcError } from 'tslxc';
import { definition } from './definition.js';

/** @typedef {import('tslxc').Domain} Domain */

/**
 * @typedef {object} End
 * @property {'ended' | 'killed' | 'timed out' | 'out of memory' | 'too much output'} verdict
 * @property {number} [code] - with which it ended
 * @property {string} stdout - not to be shown to a terminal as it is
 * @property {string} stderr - likewise
 *
 * @typedef {End & { refused?: number }} Outcome - `refused`: processes that it was not allowed to start
 */

/** Bytes of output, and as many of errors. */
const mostOutput = 64 * 1024;

/**
 * Every call has a container of its own, so that no two scripts meet, not even two of one tenant.
 *
 * @param {import('tslxc').Connection} connection
 * @param {string} script - shell
 * @param {{ base: string, name: string, seconds?: number }} options
 * @returns {Promise<Outcome>}
 */
export async function runScript(connection, script, { base, name, seconds = 10 }) {
  // With autodestroy it ends with this process, however that ends.
  const domain = await connection.createDomain(definition({ name, base }), { autodestroy: true });
  try {
    const end = await run(domain, script, seconds);
    const { memory, pids } = await usageOf(domain);
    const isOut = end.verdict !== 'timed out' && end.code !== 0 && (memory?.oomKills ?? 0) > 0;
    return {
      ...end,
      ...(isOut ? { verdict: 'out of memory' } : {}),
      ...(pids?.refused === undefined ? {} : { refused: pids.refused }),
    };
  } finally {
    // What `await using` does, where the language has it.
    await domain[Symbol.asyncDispose]();
  }
}

/**
 * @param {Domain} domain
 * @param {string} script
 * @param {number} seconds
 * @returns {Promise<End>}
 */
async function run(domain, script, seconds) {
  try {
    const { stdout, stderr, code, signal } = await domain.exec(['sh', '-c', script], {
      user: 'nobody:nogroup',
      cwd: '/tmp',
      env: { HOME: '/tmp' },
      timeout: seconds * 1000,
      maxBuffer: mostOutput,
      encoding: 'buffer',
    });
    const how = signal === undefined ? { code } : {};
    const verdict = signal === undefined ? 'ended' : 'killed';
    return { verdict, ...how, stdout: String(stdout), stderr: String(stderr) };
  } catch (error) {
    // What had come by then is kept of a script that was ended.
    if (!TslxcError.is(error) || error.stdout === undefined) throw error;
    const { stdout, stderr } = error;
    return { verdict: verdictOf(error), stdout: String(stdout), stderr: String(stderr) };
  }
}

/**
 * Why a script was ended.
 *
 * @param {TslxcError} error
 */
function verdictOf({ code }) {
  if (code === 'OPERATION_TIMEOUT') return 'timed out';
  if (code === 'MAX_BUFFER_EXCEEDED') return 'too much output';
  // It was killed with its container, and with what looked after it there.
  return 'killed';
}

/**
 * What it has used; nothing when its container is gone before its time.
 *
 * @param {Domain} domain
 * @returns {Promise<Partial<import('tslxc').DomainStatistics>>}
 */
async function usageOf(domain) {
  try {
    return await domain.stats();
  } catch (error) {
    if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
    return {};
  }
}
