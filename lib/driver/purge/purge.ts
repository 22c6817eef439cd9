/**
 * Removes everything that tslxc has put on this host for one root: domains and networks are stopped, and all that is left
 * of them, including their definitions, is removed. The user's data stays, except what is below the root's own files: images, and
 * what containers made from them have written.
 */
import { monitorOf } from '../../container/record/run-state';
import { releasePartition } from '../../container/cgroups/partition';
import { removeCgroupsOf } from '../../container/cgroups/stale-cgroups';
import { forgetIdRoot } from '../../container/users/id-allocation';
import { removeBaseCgroups } from '../../host/kernel/base-cgroups';
import { cgroupMounts } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import { runPaths } from '../../host/state/state-paths';
import { refuseMounts } from '../../host/trees/tree-removal';
import { checkForgettable, forgetNetwork } from '../../network/lifecycle/state';
import { TslxcError } from '../../errors';
import { baseCgroups } from '../../plan/cgroups/names';
import { forgetPool } from '../../storage/pool/state';
import { endAndTell, settleAndTell } from '../networks/settling';
import { removeLeaf } from './cgroups';
import { removeFiles } from './files';
import type { PurgeItem } from './item';
import { awaitLingeringProcesses } from './lingering-processes';
import { itemsOf, planPurge } from './plan';
import type { PurgePlan } from './plan';
import { newItems, notShown, onlyShown } from './shown';
import { finish } from '../lifecycle/finish';
import { stateBeforeEnd } from '../lifecycle/reaper';
import type { Session } from '../session/session';
import { settleAbandoned } from '../snapshots/abandoned';
import { clearLeft, endPool } from '../storage/start';
import { destroyDamaged } from '../lifecycle/destroy-damaged';
import { destroyDomain } from '../lifecycle/verbs';
import { readStateOrDamage, uuidOfDamaged } from '../lookup/damaged-state';
import { runStateIfAny } from '../lookup/readable-state';
import { isThere, unlessEnded } from '../../host/state/file-error';

/** How long a monitor may take to exit after its container's end, with the `tslxc reap` that it executes; milliseconds. */
const lingeringTime = 10_000;

/** What `purge` would do. Changes nothing. */
export function previewPurge(session: Session): PurgeItem[] {
  return itemsOf(planPurge(session));
}

/** Whom `connection.purge` tells, and what it may remove. */
export interface PurgeOptions {
  /** Called for each thing once it is removed, and for each that is kept. Default: nothing is called. */
  readonly onItem?: ((item: PurgeItem) => void) | undefined;
  /**
   * What `previewPurge` has returned, and a user has agreed to. If there is more to remove or to stop by now, nothing is done,
   * and the error names it. Default: whatever there is by now is removed.
   */
  readonly shown?: readonly PurgeItem[] | undefined;
}

/**
 * Carries the plan out, and calls `onItem` with each thing once it is gone. What can't be stopped keeps its files. Unfinished copies
 * of trees, left by a caller that was killed, are removed first: they belong to no domain and no snapshot.
 *
 * @throws TslxcError OPERATION_INVALID if not all of it was shown; AggregateError, or the one failure, after all else has been tried.
 */
export async function purge(
  session: Session,
  { onItem: tell = () => undefined, shown }: PurgeOptions,
): Promise<void> {
  const plan = planShown(session, shown);
  const unseen = shown === undefined ? [] : notShown(itemsOf(plan), shown);
  if (unseen.length > 0) throw newItems('nothing is removed', unseen);
  const gone = (items: readonly PurgeItem[]): void => {
    for (const item of items) if (!isThere(item.name)) tell(item);
  };
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
  await settleAbandoned(session, plan.catalogues);
  gone(plan.unfinished);
  await end(session, plan, attempt);
  await releasePartition(namesOf(plan.partitions));
  gone(plan.partitions);
  failures.push(...(await restoreLabels(session)), ...madeMeanwhile(session, plan));
  if (failures.length === 0) {
    await removeState(session, plan, { attempt, tell });
    forgetIdRoot(session.paths);
    await awaitLingeringProcesses(session.paths, cgroupMounts(), lingeringTime);
    await removeBaseCgroups(cgroupMounts().map(baseCgroups), new Set(namesOf(plan.shared)));
    gone(plan.shared);
  }
  plan.kept.forEach(tell);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'not everything could be removed');
}

/** The cgroups that all containers share are left if they have become empty since: containers of other roots come and go. */
function planShown(session: Session, shown: PurgeOptions['shown']): PurgePlan {
  const plan = planPurge(session);
  return shown === undefined ? plan : { ...plan, shared: onlyShown(plan.shared, shown) };
}

function namesOf(items: readonly PurgeItem[]): string[] {
  return items.map(({ name }) => name);
}

/** Removes one thing, and tells of it. False if that failed, which is on record. */
type Attempt = (item: PurgeItem, action: () => Promise<void>) => Promise<boolean>;

/** Stops what runs, and forgets it, with the cgroups that no record names. */
async function end(session: Session, plan: PurgePlan, attempt: Attempt): Promise<void> {
  for (const item of plan.domains) await attempt(item, () => purgeDomain(session, item.name));
  for (const item of plan.networks) await attempt(item, () => purgeNetwork(session, item.name));
  for (const item of plan.pools) await attempt(item, () => purgePool(session, item.name));
  for (const item of plan.cgroups) await attempt(item, () => removeCgroupsOf([item.name]));
  for (const item of plan.leaves) await attempt(item, () => removeLeaf(item.name));
}

/** What is not in the plan must not go with the files. */
function madeMeanwhile(session: Session, plan: PurgePlan): TslxcError[] {
  const { domains, networks, pools, written } = planPurge(session);
  const made = notShown([...domains, ...networks, ...pools, ...written], itemsOf(plan));
  return made.length === 0 ? [] : [newItems('the files are left', made)];
}

/** The records of labels are removed with the files. Resolves to what went wrong. */
async function restoreLabels({ containers, paths }: Session): Promise<unknown[]> {
  const failures: unknown[] = [];
  await containers.restoreLostLabels(paths).catch((error: unknown) => {
    failures.push(error);
  });
  const [left] = containers.labelledSources(paths);
  if (left === undefined) return failures;
  const detail = `the labels of '${left}' are not restored: mount its file system, and purge again`;
  return [...failures, new TslxcError('OPERATION_FAILED', detail, { path: left })];
}

/** The root's own files, and with them what containers made from images have written. */
async function removeState(
  { paths }: Session,
  { files, written }: PurgePlan,
  to: { readonly attempt: Attempt; readonly tell: (item: PurgeItem) => void },
): Promise<void> {
  let areGone = true;
  for (const item of files) {
    const isGone = await to.attempt(item, () => {
      removeFiles(paths, item.name);
      return Promise.resolve();
    });
    areGone &&= isGone;
  }
  if (areGone) written.forEach(to.tell);
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
