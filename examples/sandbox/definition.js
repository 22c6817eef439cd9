/** What the container of a stranger is: as little as a program can run in. */

/**
 * @param {object} parts
 * @param {string} parts.name
 * @param {string} parts.base - folder of the host with a root that all share, and none can change
 * @returns {import('tslxc').DomainSpec}
 */
export function definition({ name, base }) {
  return {
    name,
    // Ids of the host that no other container has, and no user. Where what follows is not enough, this is.
    idMap: 'auto',
    // Root inside has no capability at all, and nobody gains any.
    capabilities: { policy: 'deny' },
    noNewPrivileges: true,
    // A filter of system calls, masks over /proc and /sys, a keyring of its own: the default, said aloud.
    hardening: 'hardened',
    // Nothing but lo.
    privateNetwork: true,
    root: { source: base, readonly: true },
    // It counts against the memory as well.
    mounts: [{ type: 'ram', target: '/tmp', size: '16MiB' }],
    memory: '64MiB',
    limits: {
      // None of it is swap.
      memoryAndSwap: '64MiB',
      // Half of one CPU, and of what is scarce a tenth of what others get.
      cpuPeriod: 100_000,
      cpuQuota: 50_000,
      cpuShares: 102,
      processes: 32,
      terminals: 4,
    },
    resourceLimits: {
      nofile: { soft: 128, hard: 128 },
      // There is one supply of these for all users of the host.
      msgqueue: { soft: 0, hard: 0 },
    },
    // It waits at its console. Scripts are run beside it, as another user.
    init: '/bin/sh',
  };
}
