/** What domains use: a snapshot of one or of all, or one after the other. Changes nothing, except that it cleans up. */
import { guestSide, hostSide } from '../../container/interfaces/network-view';
import { TslxcError } from '../../errors';
import { exactJson } from '../exact-json';
import type { Identity } from '../../host/state/definition-store';
import type { Link } from '../../host/native';
import { requireRunning, type RunningState } from '../definitions/definitions';
import { fromInside } from '../interfaces/interfaces';
import {
  currentOrDamaged,
  currentState,
  findAll,
  stateOf as domainStateOf,
  type FoundDomain,
} from '../lookup/lookup';
import { pauseFor } from '../session/abort';
import type { Session } from '../session/session';
import type { DomainStatistics, InterfaceStatistics, WatchOptions } from './types';
import type { ListFilter } from '../types';

const defaultInterval = 1000;

/** @throws TslxcError NO_DOMAIN. */
export async function domainStatistics(
  session: Session,
  identity: Identity,
): Promise<DomainStatistics> {
  const state = await currentOrDamaged(session, identity);
  return snapshot(session, { identity, state, onHost: await hostLinks(session, [state]) });
}

/** Of all domains, in the order of a list. The host's interfaces are read once. */
export async function allStatistics(
  session: Session,
  filter: ListFilter,
): Promise<DomainStatistics[]> {
  const found = await findAll(session, filter);
  const onHost = await hostLinks(
    session,
    found.map(({ state }) => state),
  );
  const all: DomainStatistics[] = [];
  for (const { name, uuid, state } of found) {
    all.push(await snapshot(session, { identity: { name, uuid }, state, onHost }));
  }
  return all;
}

/**
 * Snapshots of the container that runs now, the first at once. Returns when it has ended, and at an abort.
 *
 * @throws TslxcError INVALID_ARG for an interval that is no number of milliseconds; OPERATION_INVALID when nothing runs;
 * NO_DOMAIN.
 */
export async function* watchStatistics(
  session: Session,
  identity: Identity,
  { interval = defaultInterval, signal }: WatchOptions,
): AsyncGenerator<DomainStatistics, undefined> {
  if (!Number.isFinite(interval) || interval <= 0) {
    throw new TslxcError('INVALID_ARG', `interval ${interval} is not a number of milliseconds`);
  }
  let id: number | undefined;
  let due = performance.now();
  while (signal?.aborted !== true) {
    const state = await stateOf(session, identity, id);
    if (state === undefined) return undefined;
    id = state.running.id;
    yield await snapshot(session, { identity, state, onHost: await hostLinks(session, [state]) });
    // A snapshot that the caller takes late is not followed by several at once.
    due = Math.max(due + interval, performance.now());
    await pauseFor(due - performance.now(), signal);
  }
  return undefined;
}

/** Undefined when the container with that id has ended. Without an id, a container has to run. */
async function stateOf(
  session: Session,
  identity: Identity,
  id: number | undefined,
): Promise<RunningState | undefined> {
  if (id === undefined) {
    const state = await currentState(session, identity);
    requireRunning(state, 'look', identity);
    return state;
  }
  session.checkOpen();
  const state = session.containers.readRunState(session.paths, identity.name);
  return state.phase === 'running' && state.running.id === id ? state : undefined;
}

interface Subject {
  readonly identity: Identity;
  readonly state: FoundDomain['state'];
  readonly onHost: readonly Link[];
}

async function snapshot(
  session: Session,
  { identity, state, onHost }: Subject,
): Promise<DomainStatistics> {
  const { containers } = session;
  const common = {
    name: identity.name,
    uuid: identity.uuid,
    time: Date.now(),
    state: domainStateOf(session, state),
  };
  if (state.phase !== 'running') return common;
  return exactJson({
    ...common,
    id: state.running.id,
    ...containers.readCgroupStatistics(state.start),
    network: await networkOf(session, state, onHost),
  });
}

/** The host's interfaces; empty when none of these containers has any. */
async function hostLinks(
  { containers }: Session,
  states: readonly FoundDomain['state'][],
): Promise<readonly Link[]> {
  const isNeeded = states.some(
    (state) => state.phase === 'running' && (state.start.links ?? []).length > 0,
  );
  return isNeeded ? containers.network.hostLinks() : [];
}

async function networkOf(
  { containers }: Session,
  { start, running }: RunningState,
  onHost: readonly Link[],
): Promise<InterfaceStatistics[]> {
  const records = start.links ?? [];
  const isInside = records.some((record) => hostSide(onHost, record) === undefined);
  const inside = isInside ? ((await containers.network.networkInside(running))?.links ?? []) : [];
  return records.flatMap((record) => {
    const { type, guest, host } = record;
    const outer = hostSide(onHost, record);
    const counters = outer ? fromInside(outer.statistics) : guestSide(inside, record)?.statistics;
    if (counters === undefined) return [];
    return [{ type, guest, ...(host === undefined ? {} : { name: host }), ...counters }];
  });
}
