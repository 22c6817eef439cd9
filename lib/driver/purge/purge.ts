/**
 * Removes everything that tslxc has put on this host for one root: domains and networks are stopped, and all that is left
 * of them, including their definitions, is removed. The user's data stays, except what is below the root's own files: images, and
 * what containers made from them have written.
 */
import { monitorOf } from '../../container/record/run-state';
import { removeCgroupsOf } from '../../container/cgroups/stale-cgroups';
import { overlayUppersOf } from '../../container/sources/overlay-upper';
import { forgetIdRoot } from '../../container/users/id-allocation';
import { removeBaseCgroups } from '../../host/kernel/base-cgroups';
import { cgroupMounts } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import type { DomainDefinition } from '../../domain/definition';
import { isBelow } from '../../domain/xml/path';
import { runPaths, type StatePaths } from '../../host/state/state-paths';
import { refuseMounts } from '../../host/trees/tree-removal';
import {
  checkForgettable,
  forgetNetwork,
  networkStateIfAny,
  runningNames,
} from '../../network/lifecycle/state';
import { TslxcError } from '../../errors';
import { forgetPool, readPoolState, recordedPools } from '../../storage/pool/state';
import { runningDefinition } from '../definitions/definitions';
import { endAndTell, settleAndTell } from '../networks/settling';
import { releaseEmptyPartitions, removeLeftLeaves, staleCgroups } from './cgroups';
import { purgeableFiles, removeFiles } from './files';
import { awaitLingeringProcesses } from './lingering-processes';
import { finish } from '../lifecycle/finish';
import { stateBeforeEnd } from '../lifecycle/reaper';
import type { Session } from '../session/session';
import { settleAbandoned } from '../snapshots/abandoned';
import { clearLeft, endPool } from '../storage/start';
import { allCatalogues } from '../snapshots/catalogue';
import { destroyDamaged } from '../lifecycle/destroy-damaged';
import { destroyDomain } from '../lifecycle/verbs';
import { readStateOrDamage, uuidOfDamaged } from '../lookup/damaged-state';
import { runStateIfAny } from '../lookup/readable-state';
import { unlessEnded } from '../../host/state/file-error';

/** Something that a purge removes, or leaves. */
export interface PurgeItem {
  /** `upper`: the writable layer of an overlay. `snapshot`: the files of one. `partition`: a cgroup that was made for `<partition>`. */
  readonly kind:
    'domain' | 'network' | 'pool' | 'cgroup' | 'partition' | 'files' | 'upper' | 'snapshot';
  /** Name of a domain, a network or a storage pool; else a path. */
  readonly name: string;
  /** `keep`: it is the user's data. `remove`, of an `upper` or a `snapshot`: it is below the root's own files, and goes with them. */
  readonly fate: 'remove' | 'keep';
  /** Of domains, networks and storage pools only. */
  readonly state?: 'running' | 'off';
}

/** How long a monitor may take to exit after its container's end, with the `tslxc reap` that it executes; milliseconds. */
const lingeringTime = 10_000;

/** What `purge` would do. Changes nothing. */
export function previewPurge(session: Session): PurgeItem[] {
  const { paths } = session;
  const domains = domainNames(session).map((name): PurgeItem => {
    const isOff = runStateIfAny(paths, name)?.phase === 'off';
    return { kind: 'domain', name, fate: 'remove', state: isOff ? 'off' : 'running' };
  });
  const networks = networkNames(session).map((name): PurgeItem => {
    const isOff = networkStateIfAny(paths, name)?.phase === 'off';
    return { kind: 'network', name, fate: 'remove', state: isOff ? 'off' : 'running' };
  });
  const pools = poolNames(session).map((name): PurgeItem => {
    const { phase } = readPoolState(paths, name);
    return { kind: 'pool', name, fate: 'remove', state: phase === 'off' ? 'off' : 'running' };
  });
  const cgroups = cgroupItems(paths);
  return [...domains, ...networks, ...pools, ...cgroups, ...filesOf(session), ...written(session)];
}

/**
 * Carries it out, and calls `tell` with each thing once it is gone. What can't be stopped keeps its files. Unfinished copies
 * of trees, left by a caller that was killed, are removed first: they belong to no domain and no snapshot.
 *
 * @throws AggregateError, or the one failure, after all else has been tried.
 */
export async function purge(session: Session, tell: (item: PurgeItem) => void): Promise<void> {
  await settleAbandoned(session, allCatalogues(session.paths));
  const previewed = previewPurge(session);
  const failures: unknown[] = [];
  const attempt: Attempt = async (item, action) => {
    try {
      await action();
      tell(item);
      return true;
    } catch (error) {
      session.logger.error({ err: error, ...item }, 'purging failed');
      failures.push(error);
      return false;
    }
  };
  for (const item of previewed) {
    const { kind, name } = item;
    if (kind === 'domain') await attempt(item, () => purgeDomain(session, name));
    if (kind === 'network') await attempt(item, () => purgeNetwork(session, name));
    if (kind === 'pool') await attempt(item, () => purgePool(session, name));
    if (kind === 'cgroup') await attempt(item, () => removeCgroupsOf([name]));
  }
  for (const name of await removeLeftLeaves(session.paths)) {
    tell({ kind: 'cgroup', name, fate: 'remove' });
  }
  for (const name of await releaseEmptyPartitions()) {
    tell({ kind: 'partition', name, fate: 'remove' });
  }
  // Their records are removed with the files.
  await session.containers.restoreLostLabels(session.paths).catch((error: unknown) => {
    failures.push(error);
  });
  const [left] = session.containers.labelledSources(session.paths);
  if (left !== undefined) {
    const detail = `the labels of '${left}' are not restored: mount its file system, and purge again`;
    failures.push(new TslxcError('OPERATION_FAILED', detail, { path: left }));
  }
  if (failures.length === 0) {
    await removeState(session, previewed, { attempt, tell });
    forgetIdRoot(session.paths);
    const mounts = cgroupMounts();
    await awaitLingeringProcesses(session.paths, mounts, lingeringTime);
    for (const name of await removeBaseCgroups(mounts)) {
      tell({ kind: 'cgroup', name, fate: 'remove' });
    }
  }
  for (const item of previewed.filter(({ fate }) => fate === 'keep')) tell(item);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'not everything could be removed');
}

/** Removes one thing, and tells of it. False if that failed, which is on record. */
type Attempt = (item: PurgeItem, action: () => Promise<void>) => Promise<boolean>;

/** The root's own files, and with them what containers made from images have written. */
async function removeState(
  { paths }: Session,
  items: readonly PurgeItem[],
  to: { readonly attempt: Attempt; readonly tell: (item: PurgeItem) => void },
): Promise<void> {
  let areGone = true;
  for (const item of items.filter(({ kind }) => kind === 'files')) {
    const isGone = await to.attempt(item, () => {
      removeFiles(paths, item.name);
      return Promise.resolve();
    });
    areGone &&= isGone;
  }
  if (areGone) for (const item of items.filter(goesWithFiles)) to.tell(item);
}

async function purgeDomain(session: Session, name: string): Promise<void> {
  refuseMounts({ path: runPaths(session.paths, name).directory, step: 'remove files' });
  const monitor = openMonitor(session, name);
  try {
    await stopDomain(session, name);
    await session.locked(name, async () => {
      await session.store.remove(name);
      session.containers.forget(session.paths, name);
    });
    // A monitor without an owner executes `tslxc reap`, which looks at the files once more.
    if (monitor !== undefined) await native().waitPidfd(monitor, lingeringTime);
  } finally {
    if (monitor !== undefined) native().closeDescriptor(monitor);
  }
}

async function stopDomain(session: Session, name: string): Promise<void> {
  const state = await session.locked(name, async () => {
    const seen = readStateOrDamage(session, name);
    if (seen.phase === 'damaged') {
      const uuid = uuidOfDamaged(seen, session.store.identity(name)?.uuid);
      await destroyDamaged(session, { name, uuid }, seen);
    }
    const found = await stateBeforeEnd(session, name);
    if (found.phase === 'ended') await finish(session, name, found);
    return found;
  });
  if (state.phase !== 'running') return;
  try {
    await destroyDomain(session, { name, uuid: state.start.uuid });
  } catch (error) {
    // The container has ended by itself meanwhile.
    if (!TslxcError.is(error, 'OPERATION_INVALID') && !TslxcError.is(error, 'NO_DOMAIN'))
      throw error;
  }
}

/** A pidfd of the domain's monitor; undefined when none runs. */
function openMonitor({ paths }: Session, name: string): number | undefined {
  if (runStateIfAny(paths, name)?.phase === 'off') return undefined;
  const pid = monitorOf(runPaths(paths, name).monitorLock);
  return pid === undefined ? undefined : unlessEnded(() => native().openPidfd(pid));
}

async function purgeNetwork(session: Session, name: string): Promise<void> {
  const { networks, paths } = session;
  checkForgettable(paths, name);
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    if (state.phase === 'running') {
      if (state.place === 'elsewhere') {
        const detail = `network '${name}' runs in another network namespace of this host`;
        throw new TslxcError('OPERATION_INVALID', detail);
      }
      await endAndTell(session, state.record, 'stopped');
    }
    if (networks.has(name)) await networks.remove(name);
    forgetNetwork(paths, name);
  });
}

/** Its volumes stay: they are the user's data. */
async function purgePool(session: Session, name: string): Promise<void> {
  await session.lockedPool(name, async () => {
    await clearLeft(session, name);
    await endPool(session, { name, uuid: '' });
    await session.pools.remove(name);
    forgetPool(session.paths, name);
  });
}

function domainNames({ containers, paths, store }: Session): string[] {
  return [...new Set([...store.names(), ...containers.runNames(paths)])].sort();
}

function networkNames({ paths, networks }: Session): string[] {
  return [...new Set([...networks.names(), ...runningNames(paths)])].sort();
}

function poolNames({ paths, pools }: Session): string[] {
  return [...new Set([...pools.names(), ...recordedPools(paths)])].sort();
}

function cgroupItems(paths: StatePaths): PurgeItem[] {
  const { cgroups, partitions } = staleCgroups(paths);
  return [
    ...cgroups.map((name): PurgeItem => ({ kind: 'cgroup', name, fate: 'remove' })),
    ...partitions.map((name): PurgeItem => ({ kind: 'partition', name, fate: 'remove' })),
  ];
}

function filesOf({ paths }: Session): PurgeItem[] {
  return purgeableFiles(paths).map((name) => ({ kind: 'files', name, fate: 'remove' }));
}

function goesWithFiles({ kind, fate }: PurgeItem): boolean {
  return (kind === 'upper' || kind === 'snapshot') && fate === 'remove';
}

/** What containers have written into overlays, and the files of snapshots. */
function written(session: Session): PurgeItem[] {
  const { paths } = session;
  const layers = domainNames(session).flatMap((name) =>
    definitionsOf(session, name).flatMap((definition) =>
      overlayUppersOf(definition).map(({ path }) => path),
    ),
  );
  const copies = allCatalogues(paths).flatMap(({ snapshots }) =>
    snapshots.flatMap(({ trees }) => trees.map((tree) => tree.kept)),
  );
  // Those of containers made from images are below the files that are removed, unless they were put elsewhere.
  const fateOf = (name: string): PurgeItem['fate'] =>
    isBelow(name, paths.library) ? 'remove' : 'keep';
  return [
    ...[...new Set(layers)].map((name): PurgeItem => ({ kind: 'upper', name, fate: fateOf(name) })),
    ...copies.map((name): PurgeItem => ({ kind: 'snapshot', name, fate: fateOf(name) })),
  ];
}

/** That of the running container, and the stored one. A damaged one names nothing. */
function definitionsOf(session: Session, name: string): DomainDefinition[] {
  const read = [
    () => {
      const state = runStateIfAny(session.paths, name);
      return state?.phase === 'running' ? runningDefinition(session, state) : undefined;
    },
    () => session.store.read(name),
  ];
  return read.flatMap((one) => {
    try {
      return one() ?? [];
    } catch {
      return [];
    }
  });
}
