/** shutdown and reboot: asks init, and answers with what came of it. */
import type { StartRecord } from '../../container/record/run-state';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitRecord } from '../../container/record/exit-record';
import type { RunState } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definition-store';
import { present } from '../../present';
import { throwIfAborted } from '../session/abort';
import type { MonitorConnection } from '../session/containers';
import { askInit, type Asked, type Goal } from './ask-init';
import { lastEvent } from '../events/event-log';
import { transition } from './lifecycle';
import { checkSame, currentState, phaseOf } from '../lookup/lookup';
import type { PowerAnswer, PowerMode, PowerOptions } from './power-types';
import { settle } from './reaper';
import type { Session } from '../session/session';

/** Between two reads of the state of a container that is about to end, in milliseconds. */
const pause = 25;

/** How long an end counts as the reboot that was asked for, in milliseconds, when the caller does not wait for it. */
const rebootPatience = 120_000;

/** The same of a shutdown, also for a caller that waits for less. */
const shutdownPatience = 120_000;

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
  checkTimeout(timeout);
  throwIfAborted(signal);
  const { before, monitor } = await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    transition(goal === 'reboot' ? 'reboot' : 'shutdown', phaseOf(session, state), name);
    if (state.phase !== 'running') throw new TypeError('the table lets only what runs end');
    const monitor = await connectRunning(session, name);
    markShutdown(session, state.start, { goal, ...present({ timeout }) });
    return { before: state, monitor };
  });
  // Without the lock: a file system of the container may make it take its time, and a destroy waits for nothing of it. Of
  // another container of that name, started meanwhile, this monitor knows nothing.
  const request = {
    goal,
    modes,
    within: timeout ?? rebootPatience,
    search: searchTime(timeout),
    signal,
    ownSignal: session.parse(before.start.xml).definition.extension.stopSignal,
  };
  const asked = await askMarked({ session, state: before, monitor }, request);
  session.logger.debug({ domain: name, goal, ...asked }, 'init was asked to end');
  if (timeout === undefined) return { ...asked, outcome: 'asked' };
  return await outcomeOf(session, identity, { before, asked, goal, timeout, signal });
}

/**
 * What was asked to end has not failed when it does, with whatever exit code; nor has it when a check kills it meanwhile. An init may
 * take longer than the caller waits, and it may ignore what it is asked: what ends much later has ended for another reason.
 */
function markShutdown(
  session: Session,
  start: StartRecord,
  { goal, timeout = 0 }: Pick<PowerOptions, 'timeout'> & { readonly goal: Goal },
): void {
  if (goal === 'reboot') {
    setMark(session, start, undefined);
    return;
  }
  const { restart, health } = session.parse(start.xml).definition.extension;
  if (restart === undefined && health?.action !== 'restart') return;
  setMark(session, start, Date.now() + Math.max(timeout, shutdownPatience));
}

/** As `askInit`. Where that fails, init was not asked: what was marked before holds. */
async function askMarked(...[to, request]: Parameters<typeof askInit>): Promise<Asked> {
  try {
    return await askInit(to, request);
  } catch (error) {
    await takeBackMark(to.session, to.state).catch((failure: unknown) => {
      const fields = { err: failure, domain: to.state.start.name };
      to.session.logger.warn(fields, 'that init was not asked to end is not on record');
    });
    throw error;
  }
}

async function takeBackMark(session: Session, { start, running }: Running): Promise<void> {
  const { containers, paths } = session;
  if (containers.readStart(paths, start.name)?.shutdown === start.shutdown) return;
  await session.locked(start.name, () => {
    const now = containers.readRunState(paths, start.name);
    const isSame = now.phase === 'running' && now.running.id === running.id;
    if (isSame) setMark(session, now.start, start.shutdown);
    return Promise.resolve();
  });
}

function setMark(session: Session, start: StartRecord, shutdown: number | undefined): void {
  if (start.shutdown === shutdown) return;
  const { shutdown: _former, ...rest } = start;
  session.containers.replaceStart(session.paths, { ...rest, ...present({ shutdown }) });
}

/** For init's pipe, in milliseconds: more is of no use, and in less a busy machine would not find one. */
function searchTime(timeout = Infinity): number {
  return Math.min(Math.max(timeout, 1000), 3000);
}

async function connectRunning(session: Session, name: string): Promise<MonitorConnection> {
  const monitor = await session.containers.connectMonitor(session.paths, name);
  if (monitor !== undefined) return monitor;
  throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: name });
}

type Running = RunState & { phase: 'running' };

interface Waiting {
  readonly before: Running;
  readonly asked: Asked;
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
  const how = asked.by === 'initctl' ? 'its initctl pipe' : `signal ${asked.signal ?? 0}`;
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

function checkTimeout(timeout: number | undefined): void {
  if (timeout === undefined || (Number.isFinite(timeout) && timeout >= 0)) return;
  throw new TslxcError('INVALID_ARG', `timeout ${timeout} is no number of milliseconds`);
}
