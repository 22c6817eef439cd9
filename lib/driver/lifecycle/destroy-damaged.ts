/** destroy of a domain whose run has a damaged record: the container is ended by its monitor, or through its cgroups. */
import { basename } from 'node:path';
import { partitionedSuffix } from '../../domain/tuning/partition';
import { TslxcError } from '../../errors';
import { isNewer } from '../../host/state/record-format';
import type { Identity } from '../../host/state/definitions/definition-store';
import { cgroupName } from '../../plan/cgroups/names';
import { readContainerCgroups } from '../../container/cgroups/container-cgroups';
import { endHooks } from '../hooks/domain-hooks';
import { readStateOrDamage, type DamagedState } from '../lookup/damaged-state';
import type { EndedState } from '../session/containers';
import type { Session } from '../session/session';
import { finishForGood } from './finish';
import { destroyedWithoutMonitor, killInit, withinPatience } from './kill';
import { stopDetail } from './lifecycle';

/**
 * Under the domain's lock.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED if a newer version has written the record: it knows what is to be given back, and this one does not.
 */
export async function destroyDamaged(
  session: Session,
  identity: Identity,
  { start, error }: DamagedState,
): Promise<void> {
  if (isNewer(error)) throw error;
  const { name } = identity;
  await withinPatience(killInit(session, name)).catch(unlessDamaged);
  if (start === undefined) {
    await endUnrecorded(session, identity);
    return;
  }
  const after = readStateOrDamage(session, name);
  const isRecorded = after.phase === 'ended' && after.exit !== undefined;
  const exit = destroyedWithoutMonitor(session);
  const ended: EndedState = isRecorded ? after : { phase: 'ended', start, exit };
  await finishForGood(session, name, ended);
}

/** The monitor has done what it was asked for; only its record of the outcome can't be read. */
function unlessDamaged(error: unknown): void {
  if (!TslxcError.is(error, 'INTERNAL_ERROR')) throw error;
}

async function endUnrecorded(session: Session, { name, uuid }: Identity): Promise<void> {
  const { containers, paths, store, logger } = session;
  const exit = destroyedWithoutMonitor(session);
  const hooks = endHooks(session, name);
  await hooks.stopped();
  await containers.endUnrecorded(paths, { name, cgroups: cgroupsOf(session, name), exit });
  await hooks.released(stopDetail(exit));
  if (!store.has(name)) containers.forget(paths, name);
  session.disown(name);
  const detail = 'ended by its cgroups: what else it had borrowed from the host is not on record';
  logger.warn({ domain: name }, detail);
  await session.announce({ event: 'stopped', detail: stopDetail(exit), domain: name, uuid, exit });
}

/** Those that this root has made for the domain, in whichever partition. */
function cgroupsOf({ paths }: Session, name: string): string[] {
  const folders = [cgroupName(name), cgroupName(`${name}${partitionedSuffix}`)];
  return readContainerCgroups()
    .containers.filter(
      ({ path, owner }) => owner === paths.root && folders.includes(basename(path)),
    )
    .map(({ path }) => path);
}
