/** Waiting for the end of a container, and for a state of its domain. */
import { shutoffReason, type ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { throwIfAborted } from '../session/abort';
import { ConsoleFollower } from './console-follower';
import { currentState, noDomainOf, stateOf } from '../lookup/lookup';
import type { Session } from '../session/session';
import type { DomainState } from '../types';
import { waitForEnd } from './wait';
import { endedBefore, endWords, keptLines, knownEnd, lookUntilFound, within } from './wait-for';
import type { ExitWait, StateWait } from './types';

/**
 * How the container ends. @throws TslxcError OPERATION_FAILED for an end other than the requested one, with the last lines of
 * the console; OPERATION_INVALID when none has run since the host booted; OPERATION_TIMEOUT; OPERATION_ABORTED;
 * INVALID_ARG.
 */
export async function waitForExit(
  session: Session,
  identity: Identity,
  wait: ExitWait,
): Promise<ExitRecord> {
  const { exit: wanted } = wait;
  if (wanted === 'any') return untilEnd(session, identity, wait);
  throwIfAborted(wait.signal);
  const follower = await ConsoleFollower.attachIfAny(session, identity);
  try {
    const exit = await untilEnd(session, identity, wait);
    if (exit.how === 'exited' && exit.code === wanted) return exit;
    const lines = await (follower ?? keptLines(session, identity, exit).follower).lastLines();
    throw new TslxcError('OPERATION_FAILED', `${endWords(exit)}, not with ${wanted}`, {
      domain: identity.name,
      ...(lines.length === 0 ? {} : { console: lines }),
    });
  } finally {
    follower?.close();
  }
}

async function untilEnd(session: Session, identity: Identity, wait: ExitWait): Promise<ExitRecord> {
  const over = new AbortController();
  try {
    return await within(
      wait,
      () => 'the container has not ended',
      () => waitForEnd(session, identity, over.signal),
    );
  } finally {
    over.abort();
  }
}

/** What a look at the domain finds. */
interface Found {
  readonly state: DomainState;
  /** Of a domain that is gone with its container: the error of the look. Its state is then how the container ended. */
  readonly gone?: TslxcError;
}

/**
 * Resolves once the domain is in that state. A transient domain that is gone is shut off, as its container ended, and gets into no other
 * state. A wait for `paused` fails when the container ends.
 *
 * @throws TslxcError NO_DOMAIN when the domain is gone and it is not known how its container ended; OPERATION_FAILED for `paused` when the
 * container ends, and for `running` and `paused` when the domain is gone with it; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG.
 */
export async function waitForState(
  session: Session,
  identity: Identity,
  wait: StateWait,
): Promise<DomainState> {
  const wanted = wait.state;
  throwIfAborted(wait.signal);
  const over = new AbortController();
  let last: DomainState | undefined;
  let follower: ConsoleFollower | undefined;
  const look = async (): Promise<DomainState | undefined> => {
    const found = await lookAt(session, identity, over.signal);
    const { state } = found;
    if (state.state === wanted) return state;
    if (isOver(wanted, last, found)) {
      const exit = state.state === 'shutoff' ? state.exit : undefined;
      const kept = keptLines(session, identity, exit);
      throw await endedBefore(wantedWords(wanted), exit, follower ? { ...kept, follower } : kept);
    }
    if (wanted === 'paused' && state.state === 'running') {
      follower ??= await ConsoleFollower.attachIfAny(session, identity);
      if (over.signal.aborted) follower?.close();
    }
    last = state;
    return undefined;
  };
  try {
    return await within(
      wait,
      () => `the domain is not ${stateWords(wanted)}`,
      () => lookUntilFound(look, over.signal),
    );
  } finally {
    over.abort();
    follower?.close();
  }
}

/** Whether the container has ended that the wait is for. @throws TslxcError NO_DOMAIN for a domain that was undefined while it was off. */
function isOver(wanted: string, last: DomainState | undefined, { state, gone }: Found): boolean {
  if (gone !== undefined) {
    if (last?.state === 'shutoff') throw gone;
    return true;
  }
  const hasEnded = last !== undefined && last.state !== 'shutoff' && state.state === 'shutoff';
  return wanted === 'paused' && hasEnded;
}

/** The current state. @throws TslxcError NO_DOMAIN for a domain that is gone if it is not on record how its last container ended. */
async function lookAt(session: Session, identity: Identity, signal: AbortSignal): Promise<Found> {
  try {
    return { state: stateOf(session, { state: await currentState(session, identity) }) };
  } catch (error) {
    if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
    const exit = await knownEnd(session, identity, signal);
    // Looked up anew: a rename that was in progress is on record only now.
    if (exit === undefined) throw noDomainOf(session, identity);
    return { state: { state: 'shutoff', reason: shutoffReason(exit), exit }, gone: error };
  }
}

/** Completes `the container ended before`. */
function wantedWords(state: string): string {
  return state === 'running' ? 'it was seen to run' : `it was ${state}`;
}

function stateWords(state: string): string {
  return state === 'shutoff' ? 'shut off' : state;
}
