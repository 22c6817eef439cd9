/** The lock of each network, and the lock for choosing bridges and subnets, which is for the whole host. */
import { takeHostLock } from '../../host/state/file-lock';
import { hostNetworksPath } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isLocked, withLock } from '../../host/state/named-lock';
import type { NamedLock } from '../../host/state/named-lock';

function lockOf(name: string): NamedLock {
  return { name: `network:${name}`, step: 'lock the network' };
}

/** Runs `action` while holding the lock of this network. Not re-entrant. */
export async function withNetworkLock<T>(
  paths: StatePaths,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  return await withLock(paths, lockOf(name), action);
}

/** Whether this process or another one currently holds the network's lock. */
export function isNetworkLocked(paths: StatePaths, name: string): boolean {
  return isLocked(paths, lockOf(name));
}

/**
 * Runs `action` while no other process on this host chooses bridges and subnets. Not re-entrant. A caller that needs both
 * takes a network's lock first.
 */
export async function withHostNetworks<T>(action: () => Promise<T>): Promise<T> {
  using _lock = await takeHostLock({ path: hostNetworksPath, step: "lock the host's networks" });
  return await action();
}
