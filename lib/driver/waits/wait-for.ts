/** Waiting for something inside a running container: until it is there, the container has ended, or the timeout is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitRecord } from '../../container/record/exit-record';
import type { RunningRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { abortable, throwIfAborted } from '../session/abort';
import { ConsoleFollower } from './console-follower';
import { linesOfLastRun } from './kept-lines';
import { requireRunning, type RunningState } from '../definitions/definitions';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';
import { waitForEnd } from './wait';
import type { WaitLimits } from './types';

/** Milliseconds between two looks, each of which takes less than one millisecond: at first, and from the fifth on. */
const pauses = { first: 5, longest: 80 } as const;

/** What is waited for, with words for the error messages. */
export interface Condition<Result> {
  /** Completes `the container ended before`: `it had an IPv4 address`. */
  readonly wanted: string;
  /** Precedes `after 100 ms`: `the container has no IPv4 address`; called at the timeout. */
  missing(): string;
  /** Whether the condition needs the console, or only an error message does, for the last lines of a container that ends. */
  readonly console: 'needed' | 'helpful';
  /** Resolves to what is found, and never resolves without it. Ends early when the signal fires. */
  find(container: FoundContainer, signal: AbortSignal): Promise<Result>;
}

export interface FoundContainer {
  /** The current record of the running container, which a reboot changes. Undefined when the container has ended. */
  running(): RunningRecord | undefined;
  /** Always defined when the condition needs the console. */
  readonly follower: ConsoleFollower | undefined;
}

/**
 * Keeps the process alive.
 *
 * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_FAILED as soon as the container has ended, with the
 * last lines of its console; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG.
 */
export async function waitInside<Result>(
  session: Session,
  identity: Identity,
  { condition, limits }: { readonly condition: Condition<Result>; readonly limits: WaitLimits },
): Promise<Result> {
  throwIfAborted(limits.signal);
  const { id } = (await runningNow(session, identity, condition.wanted)).running;
  const running = (): RunningRecord | undefined => {
    const now = session.containers.readRunState(session.paths, identity.name);
    return now.phase === 'running' && now.running.id === id ? now.running : undefined;
  };
  const over = new AbortController();
  const { signal } = over;
  const follower =
    condition.console === 'needed'
      ? await attached(session, identity, condition.wanted)
      : await ConsoleFollower.attachIfAny(session, identity);
  try {
    return await within(
      limits,
      () => condition.missing(),
      () =>
        Promise.race([
          condition.find({ running, follower }, signal),
          failAtEnd(session, identity, { wanted: condition.wanted, follower, signal }),
        ]),
    );
  } finally {
    over.abort();
    follower?.close();
  }
}

/**
 * The running container, before it is waited for in it. Of a transient domain that has failed early nothing is left but its log and the
 * event of its end: these are told of then.
 *
 * @throws TslxcError OPERATION_FAILED for such a one; OPERATION_INVALID when nothing runs; NO_DOMAIN.
 */
export async function runningNow(
  session: Session,
  identity: Identity,
  wanted: string,
): Promise<RunningState> {
  try {
    const state = await currentState(session, identity);
    requireRunning(state, 'look', identity);
    return state;
  } catch (error) {
    if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
    throw await endedEarly(session, identity, { wanted, error });
  }
}

/** As `ConsoleFollower.attach`, for a container that was seen to run. */
async function attached(
  session: Session,
  identity: Identity,
  wanted: string,
): Promise<ConsoleFollower> {
  try {
    return await ConsoleFollower.attach(session, identity);
  } catch (error) {
    const hasEnded = TslxcError.is(error, 'NO_DOMAIN') || TslxcError.is(error, 'OPERATION_INVALID');
    if (!hasEnded) throw error;
    throw await endedEarly(session, identity, { wanted, error });
  }
}

/** The error of a wait for a container that had ended before its console could be followed; `error` if its end is not known. */
async function endedEarly(
  session: Session,
  identity: Identity,
  { wanted, error }: { readonly wanted: string; readonly error: TslxcError },
): Promise<TslxcError> {
  const exit = await knownEnd(session, identity);
  if (exit === undefined) return error;
  const follower = { lastLines: () => linesOfLastRun(session, identity) };
  return endedBefore(wanted, exit, { domain: identity.name, follower });
}

/** Runs `work` until it is done, the signal fires, or the timeout is over. @throws TslxcError. */
export async function within<Result>(
  { timeout, signal }: WaitLimits,
  missing: () => string,
  work: () => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  try {
    return await abortable(signal, () =>
      Promise.race([
        work(),
        ...(timeout === undefined ? [] : [failAfter(timeout, missing, over.signal)]),
      ]),
    );
  } finally {
    over.abort();
  }
}

/** Calls `look` until it finds something, with pauses in milliseconds that double up to `longest`. */
export async function lookUntilFound<Result>(
  look: () => Promise<Result | undefined>,
  signal: AbortSignal,
  { first, longest }: { readonly first: number; readonly longest: number } = pauses,
): Promise<Result> {
  for (let pause = first; ; pause = Math.min(2 * pause, longest)) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(pause, undefined, { signal });
  }
}

/** Where the last lines of a container are to be had. */
type LastLines = Pick<ConsoleFollower, 'lastLines'>;

/** The error of a wait during which the container has ended. */
export async function endedBefore(
  wanted: string,
  exit: ExitRecord | undefined,
  { domain, follower }: { readonly domain: string; readonly follower: LastLines | undefined },
): Promise<TslxcError> {
  const how = exit === undefined ? '' : ` (${endWords(exit)})`;
  const lines = (await follower?.lastLines()) ?? [];
  return new TslxcError('OPERATION_FAILED', `the container ended before ${wanted}${how}`, {
    domain,
    ...(lines.length === 0 ? {} : { console: lines }),
  });
}

interface Watch {
  readonly wanted: string;
  readonly follower: ConsoleFollower | undefined;
  /** Fires when the wait is over, whatever its outcome. */
  readonly signal: AbortSignal;
}

async function failAtEnd(
  session: Session,
  identity: Identity,
  { wanted, follower, signal }: Watch,
): Promise<never> {
  const exit = await knownEnd(session, identity, signal);
  throw await endedBefore(wanted, exit, { domain: identity.name, follower });
}

/** As `waitForEnd`, but undefined when there is no end on record. */
export async function knownEnd(
  session: Session,
  identity: Identity,
  signal?: AbortSignal,
): Promise<ExitRecord | undefined> {
  return waitForEnd(session, identity, signal).catch(unlessEndUnknown);
}

/** Not an error here: the container has ended, and its domain is gone or it is not known how it ended. */
function unlessEndUnknown(error: unknown): undefined {
  if (TslxcError.is(error, 'NO_DOMAIN') || TslxcError.is(error, 'OPERATION_INVALID')) return;
  throw error;
}

async function failAfter(
  milliseconds: number,
  missing: () => string,
  signal: AbortSignal,
): Promise<never> {
  await sleep(milliseconds, undefined, { signal });
  throw new TslxcError('OPERATION_TIMEOUT', `${missing()} after ${milliseconds} ms`);
}

/** How it ended, in a few words. */
export function endWords(exit: ExitRecord): string {
  switch (exit.how) {
    case 'exited':
      return `init exited with ${exit.code}`;
    case 'killed':
      return `init was killed by signal ${exit.signal}${exit.OOMKilled === true ? ' (oom-killed)' : ''}`;
    case 'lost':
    case 'unstarted':
      return 'its monitor was lost';
  }
}
