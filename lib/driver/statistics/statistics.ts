/** What domains use: one snapshot, of one domain or of all, or a series. Changes nothing, except that it cleans up after an end. */
import { guestSide, hostSide } from '../../container/interfaces/network-view';
import type { Snapshot } from '../../container/statistics/snapshots';
import { TslxcError } from '../../errors';
import { exactJson } from '../../exact-json';
import { Slice } from '../../host/slices';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { Link } from '../../host/native';
import { requireRunning, type RunningState } from '../definitions/definitions';
import { fromInside } from '../interfaces/interfaces';
import {
  currentOrDamaged,
  currentState,
  findAll,
  runningState,
  stateOf as domainStateOf,
  type FoundDomain,
} from '../lookup/lookup';
import { longestTime } from '../../shape/shape';
import { pauseFor } from '../session/abort';
import type { Session } from '../session/session';
import type { DomainStatistics, InterfaceStatistics, WatchOptions } from './types';
import type { ListFilter } from '../lookup/list-filter';

const defaultInterval = 1000;

/** @throws TslxcError NO_DOMAIN. */
export async function domainStatistics(
  session: Session,
  identity: Identity,
): Promise<DomainStatistics> {
  const found = await currentOrDamaged(session, identity);
  const { state } = found;
  if (state.phase !== 'running') return atRest(session, found);
  return statisticsOf(session, identity, state);
}

/** Of all domains, in the order of a list. A domain whose statistics can't be read has its state alone, and a warning is logged. */
export async function allStatistics(
  session: Session,
  filter: ListFilter,
): Promise<DomainStatistics[]> {
  const found = await findAll(session, filter);
  const running = found.flatMap(({ state }) => (state.phase === 'running' ? [state] : []));
  const onHost = await hostLinks(session, running);
  const snapshots = await session.containers.takeSnapshots(running);
  const byState = new Map(running.map((state, index) => [state, snapshots[index]]));
  const slice = new Slice();
  const all: DomainStatistics[] = [];
  for (const one of found) {
    const { name, uuid, state } = one;
    const identity = { name, uuid };
    const snapshot = state.phase === 'running' ? byState.get(state) : undefined;
    if (state.phase !== 'running' || snapshot === undefined) {
      all.push(atRest(session, one));
    } else {
      all.push(await ofOneAmongMany(session, { identity, state, snapshot, onHost }));
    }
    await slice.rest();
  }
  return all;
}

/**
 * Snapshots of the container that runs now, the first at once. Returns when it has ended, and at an abort.
 *
 * @throws TslxcError INVALID_ARG for an interval that is not a positive number; OPERATION_INVALID when nothing runs;
 * NO_DOMAIN.
 */
export async function* watchStatistics(
  session: Session,
  identity: Identity,
  { interval = defaultInterval, signal }: WatchOptions,
): AsyncGenerator<DomainStatistics, undefined> {
  if (!(interval > 0 && interval <= longestTime)) {
    const detail = `interval ${interval} is not a number of milliseconds above 0, and at most ${longestTime}`;
    throw new TslxcError('INVALID_ARG', detail, { element: 'options.interval' });
  }
  let id: number | undefined;
  let due = performance.now();
  while (signal?.aborted !== true) {
    const state = await stateOf(session, identity, id);
    if (state === undefined) return undefined;
    id = state.running.id;
    yield await statisticsOf(session, identity, state);
    // If the caller asks for a snapshot late, the missed ones are not made up for.
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
  readonly state: RunningState;
  readonly snapshot: Snapshot;
  readonly onHost: readonly Link[];
}

async function statisticsOf(
  session: Session,
  identity: Identity,
  state: RunningState,
): Promise<DomainStatistics> {
  const [snapshot] = await session.containers.takeSnapshots([state]);
  if (snapshot === undefined) return atRest(session, { ...identity, state });
  return inUse(session, { identity, state, snapshot, onHost: await hostLinks(session, [state]) });
}

async function ofOneAmongMany(session: Session, subject: Subject): Promise<DomainStatistics> {
  try {
    return await inUse(session, subject);
  } catch (error) {
    const { identity, state, snapshot } = subject;
    session.logger.warn({ err: error, domain: identity.name }, "its statistics can't be read");
    const { id } = state.running;
    return { ...identity, id, time: snapshot.time, state: runningState(state, snapshot) };
  }
}

/** Of a running domain. */
async function inUse(
  session: Session,
  { identity: { name, uuid }, state, snapshot, onHost }: Subject,
): Promise<DomainStatistics> {
  return exactJson({
    name,
    uuid,
    time: snapshot.time,
    state: runningState(state, snapshot),
    id: state.running.id,
    ...snapshot.statistics(),
    network: await networkOf(session, state, onHost),
  });
}

/** Of a domain that does not run, or of which it is not known whether it does. */
function atRest(session: Session, found: Omit<FoundDomain, 'persistence'>): DomainStatistics {
  const { name, uuid } = found;
  return { name, uuid, time: Date.now(), state: domainStateOf(session, found) };
}

/** The host's interfaces; empty when none of these containers has any. */
async function hostLinks(
  { containers }: Session,
  running: readonly RunningState[],
): Promise<readonly Link[]> {
  const isNeeded = running.some(({ start }) => (start.links ?? []).length > 0);
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
