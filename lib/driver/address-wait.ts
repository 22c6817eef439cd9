/** Waiting for an address inside a container: looked for from here, so that nothing has to run inside. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitRecord } from '../container/exit-record';
import type { NetworkView } from '../container/network-view';
import type { RunningRecord } from '../container/run-state';
import { TslxcError } from '../errors';
import { abortable, throwIfAborted } from './abort';
import { requireRunning } from './definitions';
import type { WaitOptions } from './interface-types';
import { currentState } from './lookup';
import type { Session } from './session';
import type { Identity } from '../host/definition-store';
import { waitForEnd } from './wait';

type Family = WaitOptions['address'];

/** Milliseconds between two looks, which take some tenths of one: at first, and from the fifth on. */
const pauses = { first: 5, longest: 80 };
/** Node's timers hold 31 bits of milliseconds. */
const longestTimeout = 0x7fffffff;

/**
 * The first address inside of that family that others can reach. Keeps the process alive.
 *
 * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_FAILED when the container ends before;
 * OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG.
 */
export async function waitForAddress(
  session: Session,
  identity: Identity,
  options: WaitOptions,
): Promise<string> {
  checkOptions(options);
  const { address: family, timeout, signal } = options;
  throwIfAborted(signal);
  const state = await currentState(session, identity);
  requireRunning(state, 'look', identity);
  const over = new AbortController();
  try {
    return await abortable(signal, () =>
      Promise.race([
        lookUntilFound(session, state.running, { family, signal: over.signal }),
        failAtEnd(session, identity, { family, signal: over.signal }),
        ...(timeout === undefined ? [] : [failAfter(timeout, { family, signal: over.signal })]),
      ]),
    );
  } finally {
    over.abort();
  }
}

function checkOptions({ address, timeout }: WaitOptions): void {
  if (!['ipv4', 'ipv6'].includes(address)) {
    throw new TslxcError('INVALID_ARG', `address '${address}' is not one of ipv4, ipv6`);
  }
  if (timeout === undefined || (timeout >= 0 && timeout <= longestTimeout)) return;
  throw new TslxcError('INVALID_ARG', `timeout ${timeout} is not a number of milliseconds`);
}

interface Search {
  readonly family: Family;
  /** The search is over, whatever came of it. */
  readonly signal: AbortSignal;
}

async function lookUntilFound(
  session: Session,
  running: RunningRecord,
  { family, signal }: Search,
): Promise<string> {
  for (let pause = pauses.first; ; pause = Math.min(2 * pause, pauses.longest)) {
    const view = await session.containers.network.networkInside(running);
    const found = view === undefined ? undefined : reachableAddress(view, family);
    if (found !== undefined) return found;
    await sleep(pause, undefined, { signal });
  }
}

/** Of global scope, not tentative (RFC 4862), on an interface that is up and not the loopback. */
function reachableAddress({ links, addresses }: NetworkView, family: Family): string | undefined {
  const usable = new Set(
    links.filter(({ up, name }) => up && name !== 'lo').map(({ index }) => index),
  );
  const found = addresses.find(
    (one) =>
      one.family === family && one.scope === 'global' && !one.tentative && usable.has(one.index),
  );
  return found?.address;
}

async function failAtEnd(
  session: Session,
  identity: Identity,
  { family, signal }: Search,
): Promise<never> {
  const exit = await waitForEnd(session, identity, signal).catch(unlessEnded);
  const how = exit === undefined ? '' : ` (${endWords(exit)})`;
  const detail = `the container ended before it had an ${familyWords[family]} address${how}`;
  throw new TslxcError('OPERATION_FAILED', detail, { domain: identity.name });
}

/** It has ended, and its domain is gone with it or nothing is known of its end. */
function unlessEnded(error: unknown): undefined {
  if (TslxcError.is(error, 'NO_DOMAIN') || TslxcError.is(error, 'OPERATION_INVALID')) return;
  throw error;
}

async function failAfter(milliseconds: number, { family, signal }: Search): Promise<never> {
  await sleep(milliseconds, undefined, { signal });
  const detail = `the container has no ${familyWords[family]} address after ${milliseconds} ms`;
  throw new TslxcError('OPERATION_TIMEOUT', detail);
}

const familyWords: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

function endWords({ how, code, signal }: ExitRecord): string {
  switch (how) {
    case 'exited':
      return `init exited with ${code ?? 0}`;
    case 'killed':
      return `init was killed by signal ${signal ?? 0}`;
    case 'lost':
    case 'unstarted':
      return 'its monitor was lost';
  }
}
