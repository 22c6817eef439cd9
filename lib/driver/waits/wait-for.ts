/** Waiting for something inside a running container: until it is there, the container has ended, or the timeout is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../../container/console/line-cutter';
import type { ExitRecord } from '../../container/record/exit-record';
import type { RunningRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { abortable, throwIfAborted } from '../session/abort';
import { ConsoleFollower } from './console-follower';
import { lastLinesOfRun, linesOfRun } from './kept-lines';
import { requireRunning, type RunningState } from '../definitions/definitions';
import { untilSilent } from '../inspect/console-lines';
import { currentState, noDomainOf } from '../lookup/lookup';
import type { Session } from '../session/session';
import { recordedEnd, waitForEnd } from './wait';
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
  /** What is found in the output of a container that has ended; undefined if nothing is. Left out where that does not count. */
  findKept?(output: AsyncIterable<LogLine>): Promise<Result | undefined>;
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
 * @throws TslxcError OPERATION_INVALID when nothing runs, and nothing has since the host booted; OPERATION_FAILED as soon as the container
 * has ended, and if it had ended before, with the last lines of its console; NO_DOMAIN; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG.
 */
export async function waitInside<Result>(
  session: Session,
  identity: Identity,
  { condition, limits }: { readonly condition: Condition<Result>; readonly limits: WaitLimits },
): Promise<Result> {
  throwIfAborted(limits.signal);
  const over = new AbortController();
  const { signal } = over;
  let follower: ConsoleFollower | undefined;
  const work = async (): Promise<Result> => {
    const begun = await begin(session, identity, { condition, signal });
    if ('found' in begun) return begun.found;
    const { id } = begun;
    ({ follower } = begun);
    if (signal.aborted) follower?.close();
    const running = (): RunningRecord | undefined => {
      const now = session.containers.readRunState(session.paths, identity.name);
      return now.phase === 'running' && now.running.id === id ? now.running : undefined;
    };
    return await Promise.race([
      condition.find({ running, follower }, signal),
      failAtEnd(session, identity, { wanted: condition.wanted, id, follower, signal }),
    ]);
  };
  try {
    return await within(limits, () => condition.missing(), work);
  } finally {
    over.abort();
    follower?.close();
  }
}

/** The container that is waited for in, or what was found of one that had ended. */
type Begun<Result> =
  | { readonly id: number; readonly follower: ConsoleFollower | undefined }
  | { readonly found: Result };

async function begin<Result>(
  session: Session,
  identity: Identity,
  { condition, signal }: { readonly condition: Condition<Result>; readonly signal: AbortSignal },
): Promise<Begun<Result>> {
  const attach = condition.console === 'needed' ? 'attach' : 'attachIfAny';
  for (let former: number | undefined; ;) {
    let id: number | undefined;
    try {
      ({ id } = (await runningIfAny(session, identity)).running);
      return { id, follower: await ConsoleFollower[attach](session, identity) };
    } catch (error) {
      if (id !== undefined && id === former) throw error;
      former = id;
      const exit = await earlyEnd(session, identity, error);
      if (exit !== undefined) return await endedEarly(session, identity, { condition, exit });
      // It has been started again since, or is being started.
      await sleep(pauses.first, undefined, { signal });
    }
  }
}

/** What is found of a container that had ended before it could be waited for in it. @throws TslxcError OPERATION_FAILED. */
async function endedEarly<Result>(
  session: Session,
  identity: Identity,
  { condition, exit }: { readonly condition: Condition<Result>; readonly exit: ExitRecord },
): Promise<Begun<Result>> {
  const found = await condition.findKept?.(linesOfRun(session, identity, exit));
  if (found !== undefined) return { found };
  throw await endedBefore(condition.wanted, exit, keptLines(session, identity, exit));
}

/** The running container. @throws TslxcError OPERATION_INVALID, NO_DOMAIN. */
async function runningIfAny(session: Session, identity: Identity): Promise<RunningState> {
  const state = await currentState(session, identity);
  requireRunning(state, 'look', identity);
  return state;
}

/**
 * How the container had ended that was to be waited for in; undefined if one runs.
 *
 * @throws `error` if it is about anything else, or no end is on record.
 */
async function earlyEnd(
  session: Session,
  identity: Identity,
  error: unknown,
): Promise<ExitRecord | undefined> {
  if (!TslxcError.is(error, 'NO_DOMAIN', 'OPERATION_INVALID')) throw error;
  session.checkOpen();
  try {
    return await recordedEnd(session, identity);
  } catch (cause) {
    unlessEndUnknown(cause);
    // Looked up anew: a rename that was in progress is on record only now.
    throw error.code === 'NO_DOMAIN' ? noDomainOf(session, identity) : error;
  }
}

/** The last lines of a container whose console is not followed, as it had ended before. */
export function keptLines(
  session: Session,
  identity: Identity,
  exit: ExitRecord | undefined,
): EndOf {
  const lastLines = async (): Promise<string[]> =>
    exit === undefined ? [] : lastLinesOfRun(session, identity, exit);
  return { domain: identity.name, follower: { lastLines } };
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

/** The domain whose container has ended. */
interface EndOf {
  readonly domain: string;
  readonly follower: LastLines;
}

/** The error of a wait whose container has ended. */
export async function endedBefore(
  wanted: string,
  exit: ExitRecord | undefined,
  { domain, follower }: EndOf,
): Promise<TslxcError> {
  const how = exit === undefined ? '' : ` (${endWords(exit)})`;
  const lines = await follower.lastLines();
  return new TslxcError('OPERATION_FAILED', `the container ended before ${wanted}${how}`, {
    domain,
    ...(lines.length === 0 ? {} : { console: lines }),
  });
}

interface Watch {
  readonly wanted: string;
  /** Of the monitor. */
  readonly id: number;
  readonly follower: ConsoleFollower | undefined;
  /** Fires when the wait is over, whatever its outcome. */
  readonly signal: AbortSignal;
}

async function failAtEnd(
  session: Session,
  identity: Identity,
  { wanted, id, follower, signal }: Watch,
): Promise<never> {
  const exit = await knownEnd(session, identity, signal);
  if (follower !== undefined) {
    throw await endedBefore(wanted, exit, { domain: identity.name, follower });
  }
  await untilSilent(id);
  throw await endedBefore(wanted, exit, keptLines(session, identity, exit));
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
