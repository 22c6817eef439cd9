/** Pools that are started with the host: at the first use of any pool after it has booted. */
import { readPoolState, writeOffPool } from '../../storage/pool/state';
import type { PoolState } from '../../storage/pool/state';
import type { Session } from '../session/session';
import { launchPool } from './start';

/**
 * To be called first in every call on pools. Starts those that are to be started with the host and have not been started since it
 * booted. One that was stopped since, or that could not be started, stays off. A failure is logged: the call may be about another pool.
 */
export async function startAutostartPools(session: Session): Promise<void> {
  const { pools, paths, logger, access } = session;
  if (access === 'read-only') return;
  for (const name of pools.autostartedNames()) {
    try {
      if (!isDue(readPoolState(paths, name))) continue;
      await session.lockedPool(name, () => launchOnce(session, name));
    } catch (error) {
      logger.error({ err: error, pool: name }, 'a storage pool could not be started with the host');
    }
  }
}

/** A failure is recorded, so that a pool that can't be started is not tried again at each call. */
async function launchOnce(session: Session, name: string): Promise<void> {
  const { pools, paths } = session;
  if (!isDue(readPoolState(paths, name))) return;
  try {
    const definition = pools.read(name);
    if (definition !== undefined) await launchPool(session, definition);
  } catch (error) {
    writeOffPool(paths, { name, uuid: '' }, 'failed');
    throw error;
  }
}

/** Whether it was neither started nor stopped since the boot. */
function isDue(state: PoolState): boolean {
  return state.phase === 'off' && state.why === undefined;
}
