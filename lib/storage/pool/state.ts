/** The state of a storage pool in its run folder: whether it is active. A record of another boot is ignored. */
import { bootId } from '../../host/kernel/boot/boot-id';
import { namesIn } from '../../host/names-in';
import { readRecord, writeRecord } from '../../host/state/record-file';
import { newerRecord } from '../../host/state/record-format';
import { poolPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isMounted } from './mount';
import { removeTreeNow } from '../../host/trees/tree-removal';

/** What a pool that is active has taken of the host. Its end gives it back. Recorded before it is taken. */
export interface PoolBorrowed {
  /** Where its file system is mounted; of type fs only. */
  readonly mount?: string;
  /** The volume group that was activated; of type logical only. */
  readonly group?: string;
}

const kindsOfBorrowed: Readonly<Record<keyof PoolBorrowed, true>> = {
  mount: true,
  group: true,
};

interface RecordCommon {
  readonly name: string;
  readonly uuid: string;
  readonly boot: string;
}

export interface ActivePoolRecord extends RecordCommon {
  /** `starting`: a caller takes what it borrows, or has been killed meanwhile. */
  readonly phase: 'starting' | 'active';
  /** Canonical text of the active definition. */
  readonly xml: string;
  readonly borrowed: PoolBorrowed;
}

/**
 * Why a pool is off, even if it has an autostart: it was `stopped` by hand, its start `failed`, or its autostart was requested
 * (`asked`) after the host had booted.
 */
export type PoolOffReason = 'stopped' | 'failed' | 'asked';

interface OffPoolRecord extends RecordCommon {
  readonly phase: 'off';
  readonly why: PoolOffReason;
}

export type PoolState =
  /** Without a `why`, it has not been started since the host booted. `left`: what a start that was interrupted may have left. */
  | Readonly<{ phase: 'off'; why?: PoolOffReason; left?: PoolBorrowed }>
  | Readonly<{ phase: 'active'; record: ActivePoolRecord }>;

/** @throws TslxcError OPERATION_UNSUPPORTED if it has something that only a newer version of the package can give back; SyscallError. */
export function readPoolState(paths: StatePaths, name: string): PoolState {
  const path = poolPaths(paths, name).state;
  const record = readRecord(path) as ActivePoolRecord | OffPoolRecord | undefined;
  if (record?.boot !== bootId()) return { phase: 'off' };
  if (record.phase === 'off') return { phase: 'off', why: record.why };
  const { borrowed } = record;
  const unknown = Object.keys(borrowed).find((kind) => !Object.hasOwn(kindsOfBorrowed, kind));
  if (unknown !== undefined) {
    throw newerRecord(path, `which has borrowed '${unknown}' from the host`);
  }
  if (record.phase === 'starting') return { phase: 'off', left: borrowed };
  // Unmounted by hand: it has no volumes any more.
  const { mount } = borrowed;
  if (mount !== undefined && !isMounted(mount)) return { phase: 'off', why: 'stopped' };
  return { phase: 'active', record };
}

export function writeActivePool(paths: StatePaths, what: Omit<ActivePoolRecord, 'boot'>): void {
  const record: ActivePoolRecord = { ...what, boot: bootId() };
  writeRecord(poolPaths(paths, what.name).state, record);
}

export function writeOffPool(
  paths: StatePaths,
  { name, uuid }: { readonly name: string; readonly uuid: string },
  why: PoolOffReason,
): void {
  const record: OffPoolRecord = { phase: 'off', name, uuid, why, boot: bootId() };
  writeRecord(poolPaths(paths, name).state, record);
}

/** Names of all pools that have a run folder. @throws SyscallError if that is unknown. */
export function recordedPools(paths: StatePaths): string[] {
  return namesIn(paths.pools);
}

/** Removes all state of the pool. @throws as `removeTreeNow`. */
export function forgetPool(paths: StatePaths, name: string): void {
  removeTreeNow({
    path: poolPaths(paths, name).directory,
    step: 'remove the state of a storage pool',
  });
}
