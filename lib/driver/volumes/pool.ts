/** The storage pool of the named volumes: an ordinary one, which is made when the first of them is, unless the host has one of that name. */
import { usualPool } from '../../domain/devices/volume-source';
import { node, printXml } from '../../domain/xml/print';
import { takeLock } from '../../host/state/named-lock';
import type { Session } from '../session/session';
import { startAutostartPools } from '../storage/autostart';
import { describePool, poolInvalid, type FoundPool, type KnownPool } from '../storage/lookup';
import { definePool, setPoolAutostart, startPool } from '../storage/verbs';

/** Where the volumes are, or will be; undefined if they are no folders, or nothing says it. */
export function folderOfVolumes(session: Session): string | undefined {
  const found = describePool(session, usualPool);
  if (found === undefined) return session.paths.volumes;
  const { definition } = found;
  return definition === undefined || definition.source.group !== undefined
    ? undefined
    : definition.target;
}

/**
 * The pool as it is; undefined if there is none, and so no volume.
 *
 * @throws TslxcError OPERATION_INVALID when it is not active; as `describePool`.
 */
export async function poolOfVolumes(session: Session): Promise<KnownPool | undefined> {
  await startAutostartPools(session);
  const found = describePool(session, usualPool);
  return found === undefined ? undefined : activeOf(found);
}

/**
 * The pool, which is made or started if need be.
 *
 * @throws as `definePool` and `startPool`.
 */
export async function preparedPool(session: Session): Promise<KnownPool> {
  await startAutostartPools(session);
  const isReady = describePool(session, usualPool)?.state.phase === 'active';
  if (!isReady) await preparePool(session);
  const found = describePool(session, usualPool);
  if (found !== undefined) return activeOf(found);
  throw poolInvalid(`storage pool '${usualPool}' was removed meanwhile`);
}

async function preparePool(session: Session): Promise<void> {
  const step = 'lock the pool of volumes';
  using _lock = await takeLock(session.paths, { name: 'volumes-pool', step });
  const found = describePool(session, usualPool);
  if (found?.state.phase === 'active') return;
  const identity = found ?? (await definePool(session, usualXml(session.paths.volumes), {}));
  // The folder of a pool of the user's own may be that of a disk that is not mounted: that one is not made.
  const isOwn = folderOfVolumes(session) === session.paths.volumes;
  // Before the start: when this process is killed, no boot of the host is to leave the volumes behind.
  if (found === undefined) await setPoolAutostart(session, identity, 'on');
  await startPool(session, identity, { build: isOwn });
}

/** Mode 0700: no other user of the host reaches a set-uid program that a container has made in a volume. */
function usualXml(folder: string): string {
  return printXml(
    node('pool', { type: 'dir' }, [
      node('name', {}, [usualPool]),
      node('target', {}, [
        node('path', {}, [folder]),
        node('permissions', {}, [node('mode', {}, ['0700'])]),
      ]),
    ]),
  );
}

function activeOf(found: FoundPool): KnownPool {
  const { definition } = found;
  if (found.state.phase === 'active' && definition !== undefined) return { ...found, definition };
  throw poolInvalid(`storage pool '${usualPool}' is not active: tslxc pool-start ${usualPool}`);
}
