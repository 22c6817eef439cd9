/** What the container of a job is. */

/** Microseconds, by which shares of a CPU are counted. */
const cpuPeriod = 100_000;

/**
 * @param {object} parts
 * @param {string} parts.name
 * @param {string} parts.base - folder of the host with a root that all jobs share, and none can change
 * @param {string} parts.upper - folder of the host that gets what this job writes
 * @param {string} parts.source - folder of the host that the job finds, read-only, as /source
 * @param {number} parts.memory - MiB, of which it gets no more by swapping
 * @param {number} parts.processes - processes and threads
 * @param {number} parts.cpus - how many it may keep busy: 0.5 is half of one
 * @returns {import('tslxc').DomainSpec}
 */
export function definition({ name, base, upper, source, memory, processes, cpus }) {
  return {
    name,
    memory: `${memory}MiB`,
    limits: {
      memoryAndSwap: `${memory}MiB`,
      cpuPeriod,
      cpuQuota: Math.round(cpus * cpuPeriod),
      processes,
    },
    // It waits at its console, and the steps of the job are run beside it.
    init: '/bin/sh',
    // A job that reboots has ended.
    onReboot: 'destroy',
    root: { source: base, overlay: upper },
    mounts: [{ source, target: '/source', readonly: true }],
    idMap: 'auto',
    // Nothing but lo.
    privateNetwork: true,
  };
}
