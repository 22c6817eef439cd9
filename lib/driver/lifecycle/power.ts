/** shutdown and reboot: asks init, and answers with what came of it. */
import { thisMoment } from '../../host/kernel/boot/boot-clock';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { askedEnd, withAskedEnd, withoutAskedEnd } from '../../container/record/asked-ends';
import type { ExitRecord } from '../../container/record/exit-record';
import type { RunState, StartRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import { endTimes } from '../../plan/process/end-request';
import type { Identity } from '../../host/state/definitions/definition-store';
import { present } from '../../present';
import { throwIfAborted } from '../session/abort';
import type { MonitorConnection } from '../session/containers';
import { askInit, type Goal } from './ask-init';
import { lastEvent } from '../events/event-log';
import { transition } from './lifecycle';
import { checkSame, currentState, phaseOf } from '../lookup/lookup';
import type { AskedBy, PowerAnswer, PowerMode, PowerOptions } from './power-types';
import { settle } from './reaper';
import type { Session } from '../session/session';

/** Between two reads of the state of a container that is about to end, in milliseconds. */
const pause = 25;

/** How long an end counts as the reboot that was asked for, in milliseconds, when the caller does not wait for it. */
const rebootPatience = 120_000;

const knownModes: readonly string[] = ['auto', 'initctl', 'signal'] satisfies PowerMode[];

/** @throws as Domain.shutdown and Domain.reboot. */
export async function askToEnd(
  session: Session,
  identity: Identity,
  { goal, ...options }: PowerOptions & { readonly goal: Goal },
): Promise<PowerAnswer> {
  const { name } = identity;
  const { timeout, signal } = options;
  const modes = modesOf(options.mode);
  throwIfAborted(signal);
  const { before, monitor, mark } = await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    transition(goal === 'reboot' ? 'reboot' : 'shutdown', phaseOf(session, state), name);
    if (state.phase !== 'running') throw new TypeError('only a running container can be ended');
    const monitor = await connectRunning(session, name);
    try {
      const mark = markEnd(session, state.start, { goal, ...present({ timeout }) });
      return { before: state, monitor, mark };
    } catch (error) {
      monitor.close();
      throw error;
    }
  });
  // Without the lock: a file system of the container may delay this, and a destroy must not have to wait for it. If another
  // container of that name is started meanwhile, this monitor has nothing to do with it.
  const request = {
    goal,
    modes,
    within: timeout ?? rebootPatience,
    search: searchTime(timeout),
    signal,
    ownSignal: session.parse(before.start.xml).definition.extension.stopSignal,
  };
  const asked = await askMarked({ session, state: before, monitor, mark }, request);
  session.logger.debug({ domain: name, goal, ...asked }, 'init was asked to end');
  if (timeout === undefined) return { ...asked, outcome: 'asked' };
  return await outcomeOf(session, identity, { before, asked, goal, timeout, signal });
}

/**
 * Puts the request on record: a container that was asked to end has not failed when it does, whatever its exit code, and even if a
 * health check kills it meanwhile. Init may take longer than the caller waits, and it may ignore the request: an end much later has
 * another reason. Returns the id of the request, or undefined if no record is needed.
 */
function markEnd(
  session: Session,
  start: StartRecord,
  { goal, timeout = 0 }: Pick<PowerOptions, 'timeout'> & { readonly goal: Goal },
): string | undefined {
  const { askedEnds: former = [] } = start;
  if (!(goal === 'reboot' ? former.length > 0 : isStartedAgain(session, start))) return undefined;
  const [id, now] = [randomUUID(), thisMoment()];
  const within = goal === 'reboot' ? undefined : Math.max(timeout, endTimes.patience);
  const askedEnds = withAskedEnd(former, askedEnd(id, now, within), now);
  session.containers.replaceStart(session.paths, { ...start, askedEnds });
  return id;
}

/** Whether the domain is restarted after it has failed, or was found unhealthy. */
function isStartedAgain(session: Session, { xml }: StartRecord): boolean {
  const { restart, health } = session.parse(xml).definition.extension;
  return restart !== undefined || health?.action === 'restart';
}

type Addressee = Parameters<typeof askInit>[0];

/** As `askInit`. If that fails, init was not asked, and the request is taken off the record; those of other callers remain. */
async function askMarked(
  { mark, ...to }: Addressee & { readonly mark: string | undefined },
  request: Parameters<typeof askInit>[1],
): Promise<AskedBy> {
  try {
    return await askInit(to, request);
  } catch (error) {
    await takeBackMark(to.session, to.state, mark).catch((failure: unknown) => {
      const fields = { err: failure, domain: to.state.start.name };
      to.session.logger.warn(fields, 'that init was not asked to end is not on record');
    });
    throw error;
  }
}

async function takeBackMark(
  session: Session,
  { start: { name }, running }: Running,
  mark: string | undefined,
): Promise<void> {
  if (mark === undefined) return;
  const { containers, paths } = session;
  await session.locked(name, () => {
    const now = containers.readRunState(paths, name);
    if (now.phase === 'running' && now.running.id === running.id) {
      const { askedEnds: marked = [], ...rest } = now.start;
      if (marked.some(({ id }) => id === mark)) {
        const askedEnds = withoutAskedEnd(marked, mark);
        containers.replaceStart(paths, { ...rest, ...present({ askedEnds }) });
      }
    }
    return Promise.resolve();
  });
}

/** How long to look for init's pipe, in milliseconds: in less than a second, a busy machine would not find it. */
function searchTime(timeout = Infinity): number {
  return Math.min(Math.max(timeout, 1000), endTimes.search);
}

async function connectRunning(session: Session, name: string): Promise<MonitorConnection> {
  const monitor = await session.containers.connectMonitor(session.paths, name);
  if (monitor !== undefined) return monitor;
  throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: name });
}

type Running = RunState & { phase: 'running' };

interface Waiting {
  readonly before: Running;
  readonly asked: AskedBy;
  readonly goal: Goal;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

async function outcomeOf(
  session: Session,
  identity: Identity,
  waiting: Waiting,
): Promise<PowerAnswer> {
  const { before, asked, timeout, signal } = waiting;
  const { containers, paths } = session;
  const deadline = performance.now() + timeout;
  for (;;) {
    const state = containers.readRunState(paths, identity.name);
    if (state.phase !== 'starting') {
      if (state.phase !== 'running' || !isSameLife(before, state)) break;
    }
    if (performance.now() >= deadline) throw notInTime(identity, waiting);
    await sleep(pause);
    throwIfAborted(signal);
  }
  return { ...asked, ...(await settledOutcome(session, identity, before)) };
}

async function settledOutcome(
  session: Session,
  identity: Identity,
  before: Running,
): Promise<Pick<PowerAnswer, 'outcome' | 'exit'>> {
  const { containers, paths } = session;
  const seen = containers.readRunState(paths, identity.name);
  const recorded = seen.phase === 'ended' ? seen.exit : undefined;
  const state = await currentState(session, identity).catch(unlessGone);
  if (state?.phase === 'running' && !isSameLife(before, state)) return { outcome: 'rebooted' };
  const last = state?.phase === 'off' ? state.last : undefined;
  const exit = recorded ?? last ?? toldEnd(session, identity);
  return { outcome: 'stopped', ...(exit === undefined ? {} : { exit }) };
}

function unlessGone(error: unknown): undefined {
  // A transient domain is gone with its container.
  if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
}

function toldEnd({ paths }: Session, { uuid }: Identity): ExitRecord | undefined {
  return lastEvent(paths.events, (told) => told.event === 'stopped' && told.uuid === uuid)?.exit;
}

function isSameLife({ running: before }: Running, { running }: Running): boolean {
  return before.id === running.id && (before.boots ?? 0) === (running.boots ?? 0);
}

function notInTime({ name }: Identity, { asked, goal, timeout }: Waiting): TslxcError {
  const how = asked.by === 'initctl' ? 'its initctl pipe' : `signal ${asked.signal}`;
  const step = goal === 'reboot' ? 'reboot' : 'shut down';
  return new TslxcError(
    'OPERATION_TIMEOUT',
    `init of domain '${name}' was asked by ${how}, and runs on after ${timeout / 1000} s`,
    { domain: name, step },
  );
}

function modesOf(mode: PowerOptions['mode'] = 'auto'): readonly PowerMode[] {
  const modes = typeof mode === 'string' ? [mode] : mode;
  const unknown = modes.find((one) => !knownModes.includes(one));
  if (unknown === undefined && modes.length > 0) return modes;
  throw new TslxcError('INVALID_ARG', `unknown mode '${unknown ?? ''}'`);
}
