/** Which storage pools there are, and whether they are active: from the stored definitions and the run folders. */
import { TslxcError } from '../../errors';
import type { Identity, StoredIdentity } from '../../host/state/definitions/definition-store';
import { present } from '../../present';
import type { PoolDefinition } from '../../storage/definition/definition';
import { parsePool } from '../../storage/definition/parse-pool';
import { readPoolState, recordedPools } from '../../storage/pool/state';
import type { ActivePoolRecord, PoolState } from '../../storage/pool/state';
import { canonicalUuid } from '../lookup/canonical-uuid';
import { passesFilter } from '../lookup/list-filter';
import type { Session } from '../session/session';
import { startAutostartPools } from './autostart';
import type { StoragePoolFilter } from './types';

/** A pool as it is now. */
export interface FoundPool extends Identity {
  readonly state: PoolState;
  /** The active definition, or the stored one; undefined if it is off, and that can't be read. */
  readonly definition?: PoolDefinition;
  readonly persistence: 'persistent' | 'transient';
  /** Why its stored definition can't be read. That of an active pool is only looked at for a list. */
  readonly unreadable?: Error;
}

/** A pool whose definition is known. */
export type KnownPool = FoundPool & { readonly definition: PoolDefinition };

/** By name; also a pool whose stored definition can't be read. @throws TslxcError NO_STORAGE_POOL. */
export async function findPoolByName(session: Session, name: string): Promise<FoundPool> {
  await startAutostartPools(session);
  const found = describePool(session, name);
  if (found !== undefined) return found;
  throw noPool(`no storage pool with matching name '${name}'`);
}

/** By uuid, in any of the forms that libvirt accepts. @throws TslxcError NO_STORAGE_POOL, INVALID_ARG. */
export async function findPoolByUuid(session: Session, uuid: string): Promise<FoundPool> {
  const wanted = canonicalUuid(uuid);
  const found = (await allPools(session)).find((one) => one.uuid === wanted);
  if (found !== undefined) return found;
  throw noPool(`no storage pool with matching uuid '${wanted}'`);
}

/** All pools that pass, by name. One whose definition can't be read is of no type. */
export async function findAllPools(
  session: Session,
  filter: StoragePoolFilter,
): Promise<FoundPool[]> {
  return (await allPools(session)).filter((one) => passes(session, one, filter));
}

/** All pools, by name, once those that are due are started. */
export async function allPools(session: Session): Promise<FoundPool[]> {
  await startAutostartPools(session);
  return knownPools(session);
}

/** The same as it is. */
export async function knownPools(session: Session): Promise<FoundPool[]> {
  const identities = await session.pools.identities();
  const stored = new Map(identities.map((identity) => [identity.name, identity]));
  const names = new Set([...stored.keys(), ...recordedPools(session.paths)]);
  return [...names].sort().flatMap((name) => {
    const state = readPoolState(session.paths, name);
    return combine(session, { name, state, stored: stored.get(name) }) ?? [];
  });
}

/** What a handle stands for. @throws TslxcError NO_STORAGE_POOL when it is gone, or another pool has its name now. */
export function currentPool(session: Session, { name, uuid }: Identity): FoundPool {
  const found = describePool(session, name);
  if (found?.uuid === uuid) return found;
  throw noPool(`no storage pool with matching uuid '${uuid}' (${name})`);
}

/** @throws as `currentPool`; TslxcError OPERATION_INVALID, in libvirt's words, when it is not active. */
export function currentActivePool(session: Session, identity: Identity): KnownPool {
  const found = currentPool(session, identity);
  const { definition } = found;
  if (found.state.phase === 'active' && definition !== undefined) return { ...found, definition };
  throw poolInvalid(`storage pool '${found.name}' is not active`);
}

/** What a name stands for now; undefined when it is free. */
export function describePool(session: Session, name: string): FoundPool | undefined {
  const state = readPoolState(session.paths, name);
  if (state.phase === 'off') {
    return combine(session, { name, state, stored: session.pools.identity(name) });
  }
  // The uuid of an active pool is known even when its stored file is damaged.
  const stored = session.pools.has(name) ? { name, uuid: state.record.uuid } : undefined;
  return combine(session, { name, state, stored });
}

interface Described {
  readonly name: string;
  readonly state: PoolState;
  readonly stored: StoredIdentity | undefined;
}

function combine(session: Session, { name, state, stored }: Described): FoundPool | undefined {
  const unreadable = stored?.unreadable;
  const persistence = stored === undefined ? 'transient' : 'persistent';
  if (state.phase === 'active') {
    const definition = activeDefinition(state.record);
    const { uuid } = state.record;
    return { name, uuid, state, persistence, definition, ...present({ unreadable }) };
  }
  if (stored === undefined) return undefined;
  const { uuid } = stored;
  const definition = unreadable === undefined ? session.pools.read(name) : undefined;
  if (definition === undefined && unreadable === undefined) return undefined;
  return { name, uuid, state, persistence, ...present({ definition, unreadable }) };
}

/**
 * The definition by which the pool would start, or has.
 *
 * @throws DefinitionError, with the file as its `path`, if it can't be read; TslxcError NO_STORAGE_POOL if it is gone.
 */
export function definitionOf(session: Session, found: FoundPool): PoolDefinition {
  const definition = found.definition ?? session.pools.read(found.name);
  if (definition !== undefined) return definition;
  throw noPool(`no storage pool with matching uuid '${found.uuid}' (${found.name})`);
}

/** The recorded text has a uuid, so none is made. */
export function activeDefinition({ xml, uuid }: ActivePoolRecord): PoolDefinition {
  return parsePool(xml, { newUuid: () => uuid, unknown: 'refused' });
}

function noPool(detail: string): TslxcError {
  return new TslxcError('NO_STORAGE_POOL', detail);
}

export function poolInvalid(detail: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', detail);
}

function passes(session: Session, found: FoundPool, filter: StoragePoolFilter): boolean {
  const { name, state, persistence, definition } = found;
  const { types } = filter;
  const isOfType =
    types === undefined || (definition !== undefined && types.includes(definition.type));
  const active = state.phase === 'active';
  const isAutostarted = (): boolean => session.pools.isAutostarted(name);
  return isOfType && passesFilter({ active, persistence, isAutostarted }, filter);
}
