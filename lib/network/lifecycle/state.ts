/**
 * The state of a network in its run folder: whether it runs, and what it has borrowed from the host. A record is written
 * before the effect that it describes. A record of another boot is ignored.
 */
import { rmSync } from 'node:fs';
import { TslxcError } from '../../errors';
import { bootId } from '../../host/kernel/boot/boot-id';
import { isNetworkNamespaceInUse, networkNamespace } from '../../host/kernel/network-namespace';
import { readRecord, writeRecord } from '../../host/state/record-file';
import { isNewer, newerRecord } from '../../host/state/record-format';
import { networkPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { namesIn } from '../../host/names-in';
import { refuseMounts, removeTreeNow } from '../../host/trees/tree-removal';
import type { Removal } from '../../host/trees/tree-removal';

/** What a running network has borrowed from the host. A stop returns it. Addresses and routes are removed with the bridge. */
export interface Borrowed {
  /** The bridge that was made. Only a bridge with this address is deleted. */
  readonly bridge?: { readonly name: string; readonly mac: string };
  readonly firewall?: true;
  readonly dnsmasq?: true;
  /** The rates of the bridge, and the device that shapes its incoming packets: see shaping.ts. */
  readonly shaping?: true;
  /** IP forwarding: see forwarding.ts. */
  readonly forwarding?: true;
}

const kindsOfBorrowed: Readonly<Record<keyof Borrowed, true>> = {
  bridge: true,
  firewall: true,
  dnsmasq: true,
  shaping: true,
  forwarding: true,
};

interface RecordCommon {
  readonly name: string;
  readonly uuid: string;
  readonly boot: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** `starting` and `stopping`: the caller that holds the network's lock is at work; if none holds it, the network must be taken down. */
export interface ActiveRecord extends RecordCommon {
  readonly phase: 'starting' | 'running' | 'stopping';
  /** The network namespace in which the network runs. */
  readonly namespace: string;
  /** Canonical text of the running definition, with its bridge. */
  readonly xml: string;
  readonly borrowed: Borrowed;
}

/**
 * Why a network is off, even if it has an autostart: it was `stopped` by hand, its start `failed`, its bridge was `lost`,
 * or its autostart was requested (`asked`) after the host had booted.
 */
export type OffReason = 'stopped' | 'failed' | 'lost' | 'asked';

export interface OffRecord extends RecordCommon {
  readonly phase: 'off';
  readonly why: OffReason;
}

export type NetworkState =
  /** Without a `why`, it has not been started since the host booted. */
  | Readonly<{ phase: 'off'; why?: OffReason }>
  /** `elsewhere`: in another network namespace than this process, which must not touch it. */
  | Readonly<{ phase: ActiveRecord['phase']; record: ActiveRecord; place: 'here' | 'elsewhere' }>;

/**
 * @throws TslxcError OPERATION_UNSUPPORTED, with the `path`, if it has something that only a newer version of the package can give back;
 * INTERNAL_ERROR, with the `path`, if it is damaged; SyscallError.
 */
export function readNetworkState(paths: StatePaths, name: string): NetworkState {
  const path = networkPaths(paths, name).state;
  const record = readRecord(path) as ActiveRecord | OffRecord | undefined;
  if (record?.boot !== bootId()) return { phase: 'off' };
  if (record.phase === 'off') return { phase: 'off', why: record.why };
  if (!isWhole(record)) {
    throw new TslxcError(
      'INTERNAL_ERROR',
      `${path} is damaged: what the network '${name}' has borrowed is unknown`,
      { path },
    );
  }
  const { phase, namespace } = record;
  const unknown = Object.keys(record.borrowed).find(
    (kind) => !Object.hasOwn(kindsOfBorrowed, kind),
  );
  if (unknown !== undefined)
    throw newerRecord(path, `which has borrowed '${unknown}' from the host`);
  if (namespace === networkNamespace()) return { phase, record, place: 'here' };
  // When its namespace is gone, everything of the network is gone.
  return isNetworkNamespaceInUse(namespace)
    ? { phase, record, place: 'elsewhere' }
    : { phase: 'off' };
}

/**
 * For work on many networks, each of which is to be done whatever the state of the others is: undefined for one whose record is damaged or
 * of a newer version, of which nothing is known.
 *
 * @throws SyscallError if it can't be read, such as EMFILE or EIO.
 */
export function networkStateIfAny(paths: StatePaths, name: string): NetworkState | undefined {
  try {
    return readNetworkState(paths, name);
  } catch (error) {
    if (isNewer(error) || TslxcError.is(error, 'INTERNAL_ERROR')) return undefined;
    throw error;
  }
}

function isWhole({ phase, namespace, xml, borrowed }: Partial<ActiveRecord>): boolean {
  const isPhase = phase === 'starting' || phase === 'running' || phase === 'stopping';
  const areTexts = typeof namespace === 'string' && typeof xml === 'string';
  return isPhase && areTexts && typeof borrowed === 'object';
}

export function writeActiveRecord(
  paths: StatePaths,
  what: Omit<ActiveRecord, 'boot' | 'namespace' | 'time'>,
): ActiveRecord {
  const record = { ...what, boot: bootId(), namespace: networkNamespace(), time: Date.now() };
  writeRecord(networkPaths(paths, what.name).state, record);
  return record;
}

export function writeOffRecord(
  paths: StatePaths,
  { name, uuid }: { readonly name: string; readonly uuid: string },
  why: OffReason,
): void {
  const record: OffRecord = { phase: 'off', name, uuid, why, boot: bootId(), time: Date.now() };
  writeRecord(networkPaths(paths, name).state, record);
}

/** Names of all networks that have a run folder. @throws SyscallError if that is unknown. */
export function runningNames(paths: StatePaths): string[] {
  return namesIn(paths.networks);
}

/**
 * To be called before the first change that ends with `forgetNetwork`.
 *
 * @throws TslxcError OPERATION_INVALID when something is mounted in the folder of its state.
 */
export function checkForgettable(paths: StatePaths, name: string): void {
  refuseMounts(stateFolder(paths, name));
}

/** Removes all state of the network, including its leases. The folder goes last: as long as it is there, the next look does the rest. */
export function forgetNetwork(paths: StatePaths, name: string): void {
  rmSync(networkPaths(paths, name).leases, { force: true });
  removeTreeNow(stateFolder(paths, name));
}

function stateFolder(paths: StatePaths, name: string): Removal {
  return { path: networkPaths(paths, name).directory, step: 'remove the state of a network' };
}
