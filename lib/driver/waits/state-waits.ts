/** Waiting for the end of a container, and for a state of its domain. */
import { shutoffReason, type ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { throwIfAborted } from '../session/abort';
import { ConsoleFollower } from './console-follower';
import { currentState, stateOf } from '../lookup/lookup';
import type { Session } from '../session/session';
import type { DomainState } from '../types';
import { waitForEnd } from './wait';
import { endedBefore, endWords, lookUntilFound, within } from './wait-for';
import type { ExitWait, StateWait } from './types';

const states: readonly string[] = [
  'running',
  'paused',
  'shutoff',
] satisfies readonly DomainState['state'][];

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
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 255) {
    throw new TslxcError('INVALID_ARG', `exit ${String(wanted)} is neither 'any' nor an exit code`);
  }
  throwIfAborted(wait.signal);
  const follower = await ConsoleFollower.attachIfAny(session, identity);
  try {
    const exit = await untilEnd(session, identity, wait);
    if (exit.how === 'exited' && exit.code === wanted) return exit;
    const lines = (await follower?.lastLines()) ?? [];
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

/**
 * Resolves once the domain is in that state. A wait for `paused` fails when the container ends.
 *
 * @throws TslxcError NO_DOMAIN; OPERATION_FAILED for `paused` when the container ends; OPERATION_TIMEOUT;
 * OPERATION_ABORTED; INVALID_ARG.
 */
export async function waitForState(
  session: Session,
  identity: Identity,
  wait: StateWait,
): Promise<DomainState> {
  const wanted: string = wait.state;
  if (!states.includes(wanted)) {
    throw new TslxcError('INVALID_ARG', `state '${wanted}' is not one of ${states.join(', ')}`);
  }
  throwIfAborted(wait.signal);
  const over = new AbortController();
  let last: DomainState | undefined;
  let follower: ConsoleFollower | undefined;
  const look = async (): Promise<DomainState | undefined> => {
    const state = await stateNow(session, identity, last);
    if (state.state === wanted) return state;
    const hasEnded = last !== undefined && last.state !== 'shutoff' && state.state === 'shutoff';
    if (wanted === 'paused' && hasEnded) {
      throw await endedBefore('it was paused', state.exit, { domain: identity.name, follower });
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

/** The current state. A transient domain is gone with its container: its state is then how that ended. */
async function stateNow(
  session: Session,
  identity: Identity,
  last: DomainState | undefined,
): Promise<DomainState> {
  try {
    return stateOf(session, { state: await currentState(session, identity) });
  } catch (error) {
    if (!TslxcError.is(error, 'NO_DOMAIN') || last === undefined) throw error;
    const exit = await waitForEnd(session, identity, undefined);
    return { state: 'shutoff', reason: shutoffReason(exit), exit };
  }
}

function stateWords(state: string): string {
  return state === 'shutoff' ? 'shut off' : state;
}
