/** Which domains there are, and what state they are in: from the stored definitions and the run folders. */
import { canonicalUuid } from './canonical-uuid';
import { setTimeout as sleep } from 'node:timers/promises';
import { shutoffReason, type ExitRecord } from '../../container/record/exit-record';
import type { RunState } from '../../container/record/run-state';
import type { Snapshot } from '../../container/statistics/snapshots';
import { TslxcError } from '../../errors';
import { lastEvent } from '../events/event-log';
import type { SettledPhase } from '../lifecycle/lifecycle';
import { isForsaken, isPending, isUnsettled, reapAll, settle } from '../lifecycle/reaper';
import type { Session } from '../session/session';
import {
  damagedState,
  damageWords,
  readStateOrDamage,
  uuidOfDamaged,
  type DamagedState,
} from './damaged-state';
import { holdersOf } from './name-of-uuid';
import { readableStates } from './readable-state';
import type { Identity, StoredIdentity } from '../../host/state/definitions/definition-store';
import { present } from '../../present';
import { passesFilter, type ListFilter } from './list-filter';
import type { DomainState } from '../types';

/** A domain as it is now. */
export interface FoundDomain extends Identity {
  readonly state: RunState | DamagedState;
  readonly persistence: 'persistent' | 'transient';
  /** Why its stored definition can't be read. That of an active domain is only looked at for a list, and by `withDefinition`. */
  readonly unreadable?: Error;
}

/** Milliseconds that a list waits for the locks of domains that have ended: at least, and for each of them. */
const listPatience = { least: 1000, each: 50 };

/** By name; also a domain whose stored definition can't be read. @throws TslxcError NO_DOMAIN. */
export async function findByName(session: Session, name: string): Promise<FoundDomain> {
  const found = describe(session, name, await settledOrDamaged(session, name));
  if (found !== undefined) return found;
  throw noDomain(`No domain with matching name '${name}'`);
}

/** By uuid, in any of the forms that libvirt accepts. @throws TslxcError NO_DOMAIN, INVALID_ARG. */
export async function findByUuid(session: Session, uuid: string): Promise<FoundDomain> {
  const wanted = canonicalUuid(uuid);
  const { domain, ended } = await holdersOf(session, wanted);
  const name = domain ?? ended;
  if (name !== undefined) {
    const found = describe(session, name, await settledOrDamaged(session, name));
    if (found?.uuid === wanted) return found;
  }
  throw noDomain(`No domain with matching uuid '${wanted}'`);
}

/** By the monitor's pid. @throws TslxcError NO_DOMAIN. */
export async function findById(session: Session, id: number): Promise<FoundDomain> {
  const hasId = (state: FoundDomain['state']): boolean =>
    state.phase === 'running' && state.running.id === id;
  const states = [...(await readableStates(session))];
  const [name] = states.find(([, state]) => hasId(state)) ?? [];
  if (name !== undefined) {
    const found = describe(session, name, await settledState(session, name));
    if (found !== undefined && hasId(found.state)) return found;
  }
  throw noDomain(`No domain with matching id ${id}`);
}

/** All domains: active ones by id, then inactive ones by name. What has ended is cleaned up on the way. */
export async function findAll(session: Session, filter: ListFilter): Promise<FoundDomain[]> {
  const identities = await session.store.identities();
  const stored = new Map(identities.map((identity) => [identity.name, identity]));
  const states = await settledStates(session, stored);
  return [...new Set([...stored.keys(), ...states.keys()])]
    .flatMap((name) => {
      const state = states.get(name) ?? ({ phase: 'off' } as const);
      const found = combine(session, { name, state, stored: stored.get(name) });
      return found !== undefined && passes(session, found, filter) ? [found] : [];
    })
    .sort(byIdThenName);
}

type FoundStates = ReadonlyMap<string, FoundDomain['state']>;

/** The states of all domains that have a run folder, read again if something had to be cleaned up. */
async function settledStates(
  session: Session,
  stored: ReadonlyMap<string, unknown>,
): Promise<FoundStates> {
  const states = await readStates(session);
  const reaped = await reapForList(session, states, stored);
  return reaped === 'reaped' ? readStates(session) : states;
}

async function readStates(session: Session): Promise<FoundStates> {
  const { containers, paths, runStates } = session;
  const states = new Map<string, FoundDomain['state']>();
  for (const [name, found] of await runStates.read(containers.runNames(paths))) {
    const isRead = 'state' in found;
    states.set(name, isRead ? found.state : damagedState(session, name, found.error));
  }
  return states;
}

/** The state of the domain that a handle stands for, after cleaning up if its container has ended. @throws TslxcError NO_DOMAIN. */
export async function currentState(session: Session, identity: Identity): Promise<RunState> {
  const state = await settledState(session, identity.name);
  checkSame(session, identity, state);
  return state;
}

/** @throws TslxcError NO_DOMAIN when the domain is gone or another has its name now. */
export function checkSame(
  session: Session,
  { name, uuid }: Identity,
  state: FoundDomain['state'],
): FoundDomain {
  const found = describe(session, name, state);
  if (found?.uuid === uuid) return found;
  throw noDomainOf(session, { name, uuid });
}

/** The same, but a damaged record is returned as a state, not thrown. @throws TslxcError NO_DOMAIN. */
export async function currentOrDamaged(session: Session, identity: Identity): Promise<FoundDomain> {
  return checkSame(session, identity, await settledOrDamaged(session, identity.name));
}

/** The same domain, and whether its stored definition can be read, even if it is active. */
export function withDefinition({ store }: Session, found: FoundDomain): FoundDomain {
  return isActive(found.state) ? { ...found, ...unreadableOf(store.identity(found.name)) } : found;
}

/** What a name stands for now; undefined when it is free. */
export function holderOfName(
  session: Session,
  name: string,
  state: RunState,
): Pick<FoundDomain, 'uuid' | 'unreadable'> | undefined {
  return describe(session, name, state);
}

/** The phase, for the table of transitions. Whether a container is paused is read from the kernel. */
export function phaseOf({ containers }: Session, state: RunState): SettledPhase {
  if (state.phase !== 'running') return 'off';
  return containers.isFrozen(state.start) ? 'paused' : 'running';
}

/** What `domstate --reason` says of a domain as it is now. */
export function stateOf(
  session: Session,
  { state, unreadable }: Pick<FoundDomain, 'state' | 'unreadable'>,
): DomainState {
  const definition = unreadable === undefined ? {} : { unreadable: unreadableWords(unreadable) };
  if (state.phase === 'damaged') {
    const damage = damageWords(state);
    return { state: 'nostate', reason: 'unknown', damage, ...definition };
  }
  if (state.phase !== 'running') {
    return { ...domainState(state, session.containers.bootId()), ...definition };
  }
  const isStopped = session.containers.isStopped(state.running.id);
  const isFrozen = phaseOf(session, state) === 'paused';
  return { ...runningState(state, { isStopped, isFrozen }), ...definition };
}

/** Why a definition can't be read, in one line. Of what is no XML, without the line of the file and the caret below it. */
export function unreadableWords(error: Error): string {
  const lines = error.message.split(/\s*\n\s*/);
  return (TslxcError.is(error, 'XML_DETAIL') ? lines.slice(0, 1) : lines).join(' ');
}

/** What a list has read of a domain. */
export interface Seen {
  /** The monitor's pid. */
  readonly id: number | undefined;
  /** @throws as `stateOf` and `again`. */
  readonly state: () => Promise<DomainState>;
}

/** What `found` says without reading the domain again; `again` does, and may clean up if it has ended in the meantime. */
export function seenOf(
  session: Session,
  found: FoundDomain,
  again: () => Promise<DomainState>,
): Seen {
  const { state } = found;
  return {
    id: state.phase === 'running' ? state.running.id : undefined,
    state: async () =>
      state.phase === 'ended' ? again() : Promise.resolve(stateOf(session, found)),
  };
}

/** What `domstate --reason` says of a running container, from facts that have been read of hundreds at once. */
export function runningState(
  state: RunState & { phase: 'running' },
  { isStopped, isFrozen }: Pick<Snapshot, 'isStopped' | 'isFrozen'>,
): DomainState {
  const monitor = isStopped ? ({ monitor: 'unresponsive' } as const) : {};
  if (isFrozen) return { state: 'paused', reason: 'user', ...monitor };
  const isResumed = state.start.resumed === (state.running.boots ?? 0);
  return { state: 'running', reason: isResumed ? 'unpaused' : 'booted', ...monitor };
}

/** What `domstate --reason` says, leaving out whether it is paused. A record of another boot does not count. */
function domainState(state: RunState, boot: string): DomainState {
  switch (state.phase) {
    case 'running':
      return { state: 'running', reason: 'booted' };
    case 'starting':
      return { state: 'shutoff', reason: 'unknown' };
    case 'ended':
      return state.exit ? shutoff(state.exit) : { state: 'shutoff', reason: 'unknown' };
    case 'off':
      return state.last?.boot === boot
        ? shutoff(state.last)
        : { state: 'shutoff', reason: 'unknown' };
  }
}

/** Whether the domain of a handle is stored under the name that the handle has. */
export function isStored(session: Session, { name, uuid }: Identity): boolean {
  const found = describe(session, name, readStateOrDamage(session, name));
  return found?.uuid === uuid && found.persistence === 'persistent';
}

export function noDomain(detail: string): TslxcError {
  return new TslxcError('NO_DOMAIN', detail);
}

/** For a handle whose domain is gone, or has another name now. */
export function noDomainOf(session: Session, { name, uuid }: Identity): TslxcError {
  const now = nameAfterRename(session, uuid);
  const renamed = now === undefined ? '' : `: it was renamed, and is to be looked up as '${now}'`;
  return noDomain(`No domain with matching uuid '${uuid}' (${name})${renamed}`);
}

/** The name that a renamed domain has, as far as its last rename is on record. */
function nameAfterRename({ paths, store }: Session, uuid: string): string | undefined {
  const told = lastEvent(paths.events, (one) => {
    return one.event === 'defined' && one.detail === 'renamed' && one.uuid === uuid;
  });
  const name = told?.domain;
  return name !== undefined && store.identity(name)?.uuid === uuid ? name : undefined;
}

function shutoff(exit: ExitRecord): DomainState {
  return { state: 'shutoff', reason: shutoffReason(exit), exit };
}

/** Whether it runs or is being started: its name and uuid are then taken. */
function isActive(
  state: FoundDomain['state'],
): state is RunState & { phase: 'running' | 'starting' } {
  return state.phase === 'running' || state.phase === 'starting';
}

function describe(
  session: Session,
  name: string,
  state: FoundDomain['state'],
): FoundDomain | undefined {
  if (!isActive(state)) {
    const stored = session.store.identity(name);
    // It may have been started again, and have ended again, since it was looked at.
    const now =
      stored === undefined && state.phase === 'off' ? readStateOrDamage(session, name) : state;
    return combine(session, { name, state: now.phase === 'ended' ? now : state, stored });
  }
  // The uuid of a running domain is known even when its stored file is damaged.
  const stored = session.store.has(name) ? { name, uuid: state.start.uuid } : undefined;
  return combine(session, { name, state, stored });
}

function combine(
  session: Session,
  what: { name: string; state: FoundDomain['state']; stored: StoredIdentity | undefined },
): FoundDomain | undefined {
  const { name, state, stored } = what;
  const uuid =
    state.phase === 'damaged'
      ? uuidOfDamaged(state, stored?.uuid)
      : isActive(state)
        ? state.start.uuid
        : (stored?.uuid ?? uuidOfPending(session, state));
  if (uuid === undefined) return undefined;
  const persistence = stored === undefined ? 'transient' : 'persistent';
  return { name, uuid, state, persistence, ...unreadableOf(stored) };
}

/** A transient domain that has ended is still there while it is to be started again: it can be destroyed. */
function uuidOfPending(session: Session, state: RunState): string | undefined {
  return isPending(session, state) ? state.start.uuid : undefined;
}

function unreadableOf(stored: StoredIdentity | undefined): Pick<FoundDomain, 'unreadable'> {
  return present({ unreadable: stored?.unreadable });
}

async function settledState(session: Session, name: string): Promise<RunState> {
  return settledFrom(session, name, session.containers.readRunState(session.paths, name));
}

/** `state` is what has just been read. */
async function settledFrom(session: Session, name: string, state: RunState): Promise<RunState> {
  if (!isUnsettled(session, name, state) || session.access === 'read-only') return state;
  return session.locked(name, async () => (await settle(session, name, 'carryOut')).state);
}

async function settledOrDamaged(session: Session, name: string): Promise<FoundDomain['state']> {
  const state = readStateOrDamage(session, name);
  if (state.phase === 'damaged') return state;
  try {
    return await settledFrom(session, name, state);
  } catch (error) {
    return damagedState(session, name, error);
  }
}

async function reapForList(
  session: Session,
  states: FoundStates,
  stored: ReadonlyMap<string, unknown>,
): Promise<'reaped' | 'settled'> {
  if (session.access === 'read-only') return 'settled';
  const unsettled = [...states].flatMap(([name, state]) => {
    if (state.phase === 'damaged') return [];
    if (isUnsettled(session, name, state)) return [name];
    return !stored.has(name) && isForsaken(session, name, state) ? [name] : [];
  });
  if (unsettled.length === 0) return 'settled';
  const milliseconds = listPatience.least + listPatience.each * unsettled.length;
  const patience = new AbortController();
  const tooLong = sleep(milliseconds, undefined, { signal: patience.signal });
  await Promise.race([reapAll(session, unsettled), tooLong]);
  patience.abort();
  await tooLong.catch(() => undefined);
  return 'reaped';
}

function passes(session: Session, found: FoundDomain, filter: ListFilter): boolean {
  const { name, persistence } = found;
  const { phase } = found.state;
  // A transient domain exists while it runs, or is to run again, and not yet while it is being started.
  if (persistence === 'transient' && (phase === 'starting' || phase === 'off')) return false;
  const active = phase === 'damaged' ? undefined : phase === 'running';
  const isAutostarted = (): boolean => session.store.isAutostarted(name);
  return passesFilter({ active, persistence, isAutostarted }, filter);
}

function byIdThenName(a: FoundDomain, b: FoundDomain): number {
  const first = a.state.phase === 'running' ? a.state.running.id : Infinity;
  const second = b.state.phase === 'running' ? b.state.running.id : Infinity;
  if (first !== second) return first - second;
  return a.name < b.name ? -1 : 1;
}
