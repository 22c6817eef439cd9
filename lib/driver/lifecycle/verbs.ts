/**
 * start, destroy and undefine. All have the same shape: lock, read the state, clean up if the container has ended, check
 * the table of transitions, act, announce.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from '../../errors';
import { fileError } from '../../host/state/file-error';
import { admission } from '../session/admission';
import type { EndedState, SettledState } from '../session/containers';
import { destroyDamaged } from './destroy-damaged';
import { destroyedWithoutMonitor, killInit, monitorPatience, withinPatience } from './kill';
import { transition } from './lifecycle';
import { readStateOrDamage } from '../lookup/damaged-state';
import { checkSame, noDomainOf } from '../lookup/lookup';
import { finishForGood } from './finish';
import { isOfAnother, reapInBackground, settle, stateBeforeEnd, wantsRestart } from './reaper';
import type { Session } from '../session/session';
import { forgetSnapshots, refuseWithSnapshots } from '../snapshots/inspect';
import { settleTrees } from '../snapshots/changes';
import { launch } from './start';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { StartOptions, StartResult, UndefineOptions } from '../types';

/** Milliseconds between two checks whether a frozen init has been killed. */
const look = 2;

type RunningState = SettledState & { phase: 'running' };

/**
 * Starts the stored definition.
 *
 * @throws TslxcError OPERATION_INVALID when it runs, NO_DOMAIN, OPERATION_ABORTED; DefinitionError with
 * the `path` of the stored file; and as `launch`.
 */
export async function startDomain(
  session: Session,
  identity: Identity,
  options: StartOptions,
): Promise<StartResult> {
  const { name, uuid } = identity;
  try {
    using _lock = await session.lock(name, options.signal);
    const { state } = await settle(session, name, 'stay');
    // What runs may be another domain that has the name now.
    if (state.phase !== 'off') checkSame(session, identity, state);
    transition('start', state.phase, name);
    await settleTrees(session, identity);
    const definition = session.store.read(name);
    if (definition?.uuid !== uuid) throw noDomainOf(session, identity);
    const [file, persistence] = [session.store.path(name), 'persistent'] as const;
    const onExited = (): void => reapInBackground(session, name);
    return await launch(session, { definition, file, persistence, options, onExited });
  } catch (error) {
    throw fileError(error);
  }
}

/**
 * Ends the container at once, even if a record of its run is damaged. It prevails over a restart that the definition asks for.
 *
 * @throws TslxcError OPERATION_INVALID when it doesn't run, NO_DOMAIN.
 */
export async function destroyDomain(session: Session, identity: Identity): Promise<void> {
  const { name } = identity;
  await session.locked(name, async () => {
    using _place = await admission.ends.enter();
    const owned = session.owned(name);
    try {
      await destroyLocked(session, identity);
    } catch (error) {
      // The owner is not notified of an end that it has requested itself: the rest of the clean-up is retried here.
      if (owned !== undefined) reapInBackground(session, name);
      throw error;
    }
  });
}

async function destroyLocked(session: Session, identity: Identity): Promise<void> {
  const { name } = identity;
  const seen = readStateOrDamage(session, name);
  if (seen.phase === 'damaged') {
    checkSame(session, identity, seen);
    await destroyDamaged(session, identity, seen);
    return;
  }
  const state = await stateBeforeEnd(session, name, seen);
  if (state.phase === 'ended') {
    await destroyEnded(session, identity, state);
    return;
  }
  checkSame(session, identity, state);
  transition('destroy', state.phase, name);
  if (state.phase === 'running') await destroyRunning(session, name, state);
}

/** Destroys the containers that are to end with this connection. A failure is logged; the monitor then ends its container. */
export async function destroyBonded(session: Session): Promise<void> {
  const end = async (name: string): Promise<void> => {
    const state = session.containers.readRunState(session.paths, name);
    if (state.phase === 'off' || isOfAnother(session, state)) return;
    await destroyDomain(session, { name, uuid: state.start.uuid });
  };
  await Promise.all(
    session.bonded.map((name) =>
      end(name).catch((error: unknown) => {
        session.logger.warn({ err: error, domain: name }, 'could not destroy it');
      }),
    ),
  );
}

/**
 * Removes the stored definition. A running container goes on, as a transient domain.
 *
 * @throws TslxcError OPERATION_INVALID for a transient domain, and for one with snapshots unless these are to be forgotten; NO_DOMAIN.
 */
export async function undefineDomain(
  session: Session,
  identity: Identity,
  { snapshots = 'refuse' }: UndefineOptions = {},
): Promise<void> {
  const { name, uuid } = identity;
  await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    transition('undefine', state.phase, name);
    await settleTrees(session, identity);
    if (snapshots === 'refuse') refuseWithSnapshots(session, identity);
    // Announced before another caller can define the uuid under another name, which has another lock.
    await session.store.exclusive(async () => {
      if (!session.store.has(name)) {
        throw new TslxcError('OPERATION_INVALID', 'Cannot undefine transient domain', {
          domain: name,
        });
      }
      // Before the definition is removed: no call looks for leftovers of a domain that does not exist.
      if (state.phase === 'off') session.containers.forget(session.paths, name);
      await session.store.remove(name);
      await forgetSnapshots(session, identity);
      await session.announce({ event: 'undefined', detail: 'removed', domain: name, uuid });
    });
  });
}

async function destroyRunning(session: Session, name: string, state: RunningState): Promise<void> {
  await withinPatience(killAlsoFrozen(session, state));
  const { start } = state;
  const recorded = session.containers.readExit(session.paths, start);
  const seen = recorded && ({ phase: 'ended', start, exit: recorded } as const);
  const after = await stateBeforeEnd(session, name, seen);
  if (after.phase === 'off') return;
  if (after.phase === 'ended' && after.exit !== undefined) {
    await finishForGood(session, name, after);
    return;
  }
  // The monitor is dead, or doesn't do its work: the cgroups are enough to end the container.
  session.logger.warn(
    { domain: name, id: state.running.id },
    'the monitor did not end its container',
  );
  const exit = destroyedWithoutMonitor(session);
  await finishForGood(session, name, { phase: 'ended', start: after.start, exit });
}

/**
 * On cgroup v1, a frozen process dies only when it is thawed. That is done once all have been killed, so that none of them runs
 * again. Init is the first, killed by its monitor, which thereby knows what the end means.
 */
async function killAlsoFrozen(session: Session, { start, running }: RunningState): Promise<void> {
  const { containers } = session;
  const killing = killInit(session, start.name);
  if (containers.isFrozen(start)) {
    killing.catch(() => undefined);
    const deadline = performance.now() + monitorPatience / 2;
    while (!containers.init.isKilled(running) && performance.now() < deadline) await sleep(look);
    // The cgroups are killed anyway when this fails.
    await containers.killFrozen(start).catch(() => undefined);
    await containers.thaw(start).catch(() => undefined);
  }
  await killing;
}

/** Destroys an ended container that a user sees as running: it was to restart, its monitor was killed, or a destroy failed. */
async function destroyEnded(
  session: Session,
  identity: Identity,
  ended: EndedState,
): Promise<void> {
  const { name } = identity;
  const { start } = ended;
  const hasRun = session.containers.hasRun(session.paths, name);
  const isSame = start.uuid === identity.uuid;
  const isLost = ended.exit === undefined && hasRun && isSame;
  const exit = ended.exit ?? (isLost ? destroyedWithoutMonitor(session) : undefined);
  const isCutShort = exit?.how === 'lost' && isSame;
  const goesOn = exit !== undefined && (isCutShort || wantsRestart(session, start, exit));
  await finishForGood(session, name, exit === undefined ? ended : { ...ended, exit });
  if (goesOn) return;
  const state = await stateBeforeEnd(session, name);
  if (state.phase === 'off') {
    checkSame(session, identity, state);
    transition('destroy', 'off', name);
  }
}
