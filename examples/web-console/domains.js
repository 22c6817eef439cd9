/** What the page shows of the domains, and what its buttons do. */
import { TslxcError } from 'tslxc';

/** @typedef {import('tslxc').Connection} Connection */

/**
 * @typedef {object} DomainLine
 * @property {string} name
 * @property {string} state - `running`, `paused`, `shutoff` or `nostate`
 * @property {string} reason
 * @property {number} time - milliseconds since the epoch
 * @property {number} [cpu] - nanoseconds that it has had
 * @property {number} [memory] - bytes in use
 * @property {number} [limit] - bytes that it may use
 *
 * @typedef {object} Overview
 * @property {DomainLine[]} domains - by name
 */

/**
 * All domains at one moment.
 *
 * @param {Connection} connection
 * @returns {Promise<Overview>}
 */
export async function overview(connection) {
  const all = await connection.stats();
  const domains = all.map(({ name, state, time, cpu, memory }) => ({
    name,
    state: state.state,
    reason: state.reason,
    time,
    // In a page a number is precise enough, and JSON has no other.
    ...(cpu === undefined ? {} : { cpu: Number(cpu.total) }),
    ...(memory === undefined ? {} : { memory: memory.usage }),
    ...(memory?.limit === undefined ? {} : { limit: memory.limit }),
  }));
  domains.sort((one, other) => one.name.localeCompare(other.name));
  return { domains };
}

/**
 * @param {Connection} connection
 * @param {string} name
 */
export async function startDomain(connection, name) {
  const domain = await connection.lookupDomainByName(name);
  await domain.start();
}

/**
 * Asks it to end; ends it when it does not within ten seconds, and at once when it can't be asked.
 *
 * @param {Connection} connection
 * @param {string} name
 */
export async function stopDomain(connection, name) {
  const domain = await connection.lookupDomainByName(name);
  try {
    await domain.destroy({ graceful: true });
  } catch (error) {
    const wouldNot = ['OPERATION_TIMEOUT', 'OPERATION_UNSUPPORTED', 'OPERATION_INVALID'];
    if (!TslxcError.is(error) || !wouldNot.includes(error.code)) throw error;
    await domain.destroy();
  }
}
