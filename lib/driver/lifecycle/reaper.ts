/**
 * What happens after a container's end: cleaning up, announcing it, and what the definition says comes
 * next. Each step is idempotent, since the owner, `tslxc reap` and any later call may all do it.
 */
import type { DomainDefinition } from '../../domain/definition';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAskedShutdown } from '../../container/record/asked-ends';
import { meaningOf, type ExitRecord } from '../../container/record/exit-record';
import type { RunState, StartRecord } from '../../container/record/run-state';
import { millisecondsBetween, thisMoment } from '../../host/kernel/boot/boot-clock';
import { turn } from '../../host/slices';
import { admission } from '../session/admission';
import type { EndedState, SettledState } from '../session/containers';
import { hasDeviceOnItsWay, settleDevices } from '../devices/running-devices';
import { finish } from './finish';
import { killInit, withinPatience } from './kill';
import { keepVolumesOfEnded } from '../storage/volume-lock';
import { keepWrittenLayer, removeWrittenLayer } from '../images/written-layer';
import {
  actionAfter,
  isCovered,
  isFailure,
  longestPauseWith,
  pauseBefore,
  restartsAfter,
} from './lifecycle';
import { announceReboots, hasUntold } from './reboots';
import { lockUuid } from '../session/identity-lock';
import type { Session } from '../session/session';
import { isUnfinished, settleHooks } from '../hooks/domain-hooks';
import { hasMark, isMarkLeft } from '../hooks/hook-mark';
import { holdersOf } from '../lookup/name-of-uuid';
import { readStateOrSkip } from '../lookup/readable-state';
import { launch } from './start';
import type { StartOptions } from '../types';

export interface Settled {
  readonly state: SettledState;
  /** The end that was cleaned up just now. */
  readonly exit?: ExitRecord;
}

/** `carryOut` does what on_poweroff, on_reboot or on_crash says; `stay` leaves the domain off. */
export type Sequel = 'carryOut' | 'stay';

/** How many are cleaned up at once: more would only wait for the kernel's single cgroup lock. */
const width = 4;

/** A timer may fire so many milliseconds before the clock says so. */
const timerSlack = 10;

/** How long a start whose caller is gone may take until it runs or has ended, and how often that is checked; milliseconds. */
const abandoned = { patience: 2000, pause: 10 };

/** Cleans up if the container has ended. Under the domain's lock. */
export async function settle(session: Session, name: string, sequel: Sequel): Promise<Settled> {
  const before = await stateUnderLock(session, name);
  if (before.phase !== 'ended') return { state: before };
  const owned = session.owned(name);
  const ownership = owned === undefined ? 'leave' : 'keep';
  const autodestroy = owned?.endsWithCaller === true;
  const isOthers = isBondedElsewhere(session, before.start);
  // Until it runs again, no record names what it has written, and which volumes it has.
  using _written = await keepWrittenLayer(session, before.start);
  using _volumes = await keepVolumesOfEnded(session.paths, before.start);
  const exit = await finish(session, name, before);
  const isWanted =
    exit !== undefined && sequel === 'carryOut' && wantsRestart(session, before.start, exit);
  if (isWanted && isOthers) {
    const detail = 'not started again: it was to end with its owner, which is another process';
    session.logger.info({ domain: name }, detail);
  } else if (isWanted) {
    const restarts = restartsAfter(before.start, exit);
    await restart(session, { start: before.start, options: { ownership, autodestroy }, restarts });
  }
  await removeWrittenLayer(session, before.start);
  const after = await stateUnderLock(session, name);
  const state = after.phase === 'ended' ? ({ phase: 'off' } as const) : after;
  return { state, ...(exit === undefined ? {} : { exit }) };
}

/**
 * The state under the domain's lock. A start that is on record then has lost its caller: its monitor either exits by itself, or has
 * committed and is about to record that the container runs. A start that does neither in time counts as ended. `seen` is a state
 * that was just read under that lock.
 */
export async function stateBeforeEnd(
  session: Session,
  name: string,
  seen?: RunState,
): Promise<SettledState | EndedState> {
  const read = (): RunState => session.containers.readRunState(session.paths, name);
  const deadline = performance.now() + abandoned.patience;
  let state = seen ?? read();
  while (state.phase === 'starting') {
    if (performance.now() >= deadline) return { phase: 'ended', start: state.start };
    await sleep(abandoned.pause);
    state = read();
  }
  if (state.phase === 'off') await settleHooks(session, name);
  if (state.phase === 'running' && isUnfinished(session, name)) {
    return await endUnfinished(session, state.start);
  }
  if (!hasUntold(session, name, state)) return state;
  const told = await announceReboots(session, name, state);
  return told === 'recorded' ? stateBeforeEnd(session, name) : state;
}

/** The same for a container that may keep running: a device that was being attached or detached is taken out, in some seconds. */
async function stateUnderLock(session: Session, name: string): Promise<SettledState | EndedState> {
  const state = await stateBeforeEnd(session, name);
  return hasDeviceOnItsWay(state) ? settleDevices(session, state) : state;
}

/** Ends a container whose caller was killed before the start was finished, and whose monitor has not ended it for that. */
async function endUnfinished(session: Session, start: StartRecord): Promise<EndedState> {
  await withinPatience(killInit(session, start.name));
  const after = session.containers.readRunState(session.paths, start.name);
  return after.phase === 'ended' ? after : { phase: 'ended', start };
}

/** Of a container that is killed since it is unhealthy, without a policy of its own. */
const onFailure = { policy: 'on-failure' } as const;

/** Whether the definition that ran asks for a restart after this end. */
export function wantsRestart(session: Session, start: StartRecord, exit: ExitRecord): boolean {
  // A container that a reboot of the host has ended is not restarted for that.
  if (start.boot !== session.containers.bootId()) return false;
  // Decided without parsing the definition: hundreds may be destroyed at once.
  if (meaningOf(exit) === 'destroy') return false;
  const definition = definitionThatRan(session, start);
  if (definition === undefined) return false;
  const { restart } = definition.extension;
  const isUnhealthy = start.unhealthy === true || exit.requested === 'unhealthy';
  const policy = restart ?? (isUnhealthy ? onFailure : undefined);
  const isCarriedOut = actionAfter(exit, definition) === 'restart';
  if (policy === undefined || !isCovered(policy, exit)) return isCarriedOut;
  if (isCarriedOut && !isFailure(exit)) return true;
  // It was asked to end and has ended: the exit status does not matter. If it ends long after the request, it has failed.
  if (exit.requested === 'shutdown' || isAskedShutdown(start.askedEnds ?? [], exit)) return false;
  return restartsAfter(start, exit) <= (restart?.max ?? Infinity);
}

/** Whether it has ended, and is to be started again by this process, or by any. */
export function isPending(session: Session, state: RunState): state is EndedState {
  if (state.phase !== 'ended' || state.exit === undefined) return false;
  return !isBondedElsewhere(session, state.start) && wantsRestart(session, state.start, state.exit);
}

/** Undefined, with an error in the log, when it can't be parsed any more. */
function definitionThatRan(session: Session, start: StartRecord): DomainDefinition | undefined {
  try {
    return session.parse(start.xml).definition;
  } catch (error) {
    const detail = "can't read the definition that it ran with";
    session.logger.error({ err: error, domain: start.name }, detail);
    return undefined;
  }
}

/** Whether autodestroy bound it to another process, its owner: if this process restarted it, it would end with neither. */
function isBondedElsewhere(session: Session, { name, autodestroy }: StartRecord): boolean {
  return autodestroy === true && session.owned(name) === undefined;
}

/** Whether a domain's end may be cleaned up now. Asked under the lock, since the domain may have ended anew by then. */
type IsDue = (name: string) => boolean;

const atOnce: IsDue = () => true;

/**
 * Whether a domain has unfinished business, because the process that was to do it may have been killed: an end that is not cleaned
 * up, a reboot that is not announced, a device that was being attached or detached, or hooks of a start that are still to be called.
 */
export function isUnsettled(session: Session, name: string, state: RunState): boolean {
  if (state.phase === 'off') return isMarkLeft(session, name);
  return state.phase === 'ended' || hasDeviceOnItsWay(state) || hasUntold(session, name, state);
}

/**
 * Whether a run folder of this name belongs to no domain: a rename that was killed after its commit has left it. A folder with
 * a mark of hooks does not count: its domain is being started, or is unsettled.
 */
export function isForsaken(session: Session, name: string, state: RunState): boolean {
  return state.phase === 'off' && !session.store.has(name) && !hasMark(session, name);
}

/** Cleans up one domain if it has ended and is due; true if so. */
async function reapOne(session: Session, name: string, isDue: IsDue): Promise<boolean> {
  const { containers, paths } = session;
  const seen = containers.readRunState(paths, name);
  if (!isUnsettled(session, name, seen) && !isForsaken(session, name, seen)) return false;
  return session.locked(name, async () => {
    using _place = await admission.ends.enter();
    const state = await stateUnderLock(session, name);
    if (isForsaken(session, name, state)) containers.forget(paths, name);
    if (state.phase !== 'ended' || !isDue(name)) return false;
    await settle(session, name, 'carryOut');
    return true;
  });
}

/** Cleans up all of these domains that have ended and are due. Resolves to their number; failures are logged. */
export async function reapAll(
  session: Session,
  names: readonly string[],
  isDue = atOnce,
): Promise<number> {
  const left = [...names];
  let cleaned = 0;
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      try {
        if (await reapOne(session, name, isDue)) cleaned += 1;
      } catch (error) {
        session.logger.error({ err: error, domain: name }, 'cleaning up failed');
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return cleaned;
}

/**
 * Milliseconds until a container that has ended may be restarted; 0 if it may be at once, or is not to be restarted. Without
 * the pause, a container that ends as soon as it starts would be restarted in a busy loop. During it the domain's end is on
 * record and not cleaned up: a destroy is final, and a caller that asks for the domain's state ends the pause.
 */
function remainingPause(session: Session, name: string): number {
  const state = readStateOrSkip(session, name);
  if (state?.phase !== 'ended' || state.exit === undefined) return 0;
  if (!wantsRestart(session, state.start, state.exit)) return 0;
  const { start, exit } = state;
  const policy = definitionThatRan(session, start)?.extension.restart;
  const delay = policy !== undefined && isCovered(policy, exit) ? policy.delay : undefined;
  const passed = millisecondsBetween(exit, thisMoment());
  const left = pauseBefore(restartsAfter(start, exit), delay) - passed;
  // The time of day, which is all that an old monitor has recorded, may have been set back: that must not make it longer.
  return Math.min(Math.max(left, 0), longestPauseWith(delay));
}

/** Whether its pause is over. If it has ended again in between, another call waits for the pause of that end. */
function isPauseOver(session: Session, name: string): boolean {
  return remainingPause(session, name) <= timerSlack;
}

/**
 * Cleans up all that have ended, in one process at a time; those that have to pause before their restart come last. Resolves
 * to their number.
 */
export async function reapInTurn(session: Session): Promise<number> {
  const { containers, paths } = session;
  // Taking the lock would recreate the folders of a root that has been removed meanwhile.
  if (containers.runNames(paths).length === 0) return 0;
  const isDue: IsDue = (name) => isPauseOver(session, name);
  const later = containers.runNames(paths).filter((name) => !isDue(name));
  const pause = Math.max(0, ...later.map((name) => remainingPause(session, name)));
  const inTurn = await containers.withReaperLock(paths, () =>
    reapAll(session, containers.runNames(paths).filter(isDue), isDue),
  );
  containers.endReaperTurn();
  const before = inTurn ?? 0;
  if (later.length === 0) return before;
  await sleep(pause);
  return before + (await reapAll(session, later, isDue));
}

/** What the owner of a container does at its end. */
export function reapInBackground(session: Session, name: string): void {
  session.inBackground(`cleaning up after '${name}' failed`, async () => {
    // The owner may be told of many ends in one iteration of the event loop, and pauses may end together.
    await turn();
    await sleep(remainingPause(session, name));
    await turn();
    await reapOne(session, name, (one) => isPauseOver(session, one));
    // Another process may have cleaned up first: then this one no longer owns anything.
    const state = session.containers.readRunState(session.paths, name);
    if (state.phase === 'off' || isOfAnother(session, state)) session.disown(name);
  });
}

/** Whether the running container was started by another process, after the one that this process owned had ended. */
export function isOfAnother(session: Session, state: RunState): boolean {
  if (state.phase !== 'running') return false;
  return session.owned(state.start.name)?.id !== state.running.id;
}

/** Restarts the container as it ran. A failure leaves the domain off and is logged. */
async function restart(
  session: Session,
  what: { start: StartRecord; options: StartOptions; restarts: number },
): Promise<void> {
  const { name, uuid, plug, hardening } = what.start;
  // Without a device that was being attached or detached.
  const { xml } = plug?.without ?? what.start;
  const { options, restarts } = what;
  try {
    // A transient domain may have ended without a clean-up, so that its uuid could be defined under another name.
    using _uuid = await lockUuid(session, { of: 'domain', uuid });
    const { domain: holder } = await session.store.exclusive(() => holdersOf(session, uuid));
    if (holder !== undefined && holder !== name) {
      const detail = 'not started again: its uuid now belongs to another domain';
      session.logger.warn({ domain: name, uuid, holder }, detail);
      return;
    }
    const { definition } = session.parse(xml);
    const persistence = session.store.has(name) ? 'persistent' : 'transient';
    const onExited = (): void => reapInBackground(session, name);
    await launch(session, { definition, persistence, hardening, options, restarts, onExited });
  } catch (error) {
    session.logger.error({ err: error, domain: name }, 'restarting failed');
  }
}
