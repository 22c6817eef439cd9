/**
 * What the run folder of a network says: what runs, and what it has borrowed from the host. A record is written before
 * the effect that it tells of. One of another boot is not believed.
 */
import { readdirSync, rmSync } from 'node:fs';
import { bootId } from '../../host/kernel/boot-id';
import { isNetworkNamespaceInUse, networkNamespace } from '../../host/kernel/network-namespace';
import { readRecord, writeRecord } from '../../host/state/record-file';
import { networkPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';

/** What a running network has of the host; each is given back by whoever stops it. Addresses and routes go with the bridge. */
export interface Borrowed {
  /** The bridge that it made: only one with this address is deleted. */
  readonly bridge?: { readonly name: string; readonly mac: string };
  readonly firewall?: true;
  readonly dnsmasq?: true;
  /** Rates of the bridge, and the device that what comes in there is sent round by: see shaping.ts. */
  readonly shaping?: true;
  /** IP forwarding, and the host's own settings: see forwarding.ts. */
  readonly forwarding?: true;
}

interface RecordCommon {
  readonly name: string;
  readonly uuid: string;
  readonly boot: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** `starting` and `stopping` have somebody at work, who holds the network's lock; or nobody, and are to be undone. */
export interface ActiveRecord extends RecordCommon {
  readonly phase: 'starting' | 'running' | 'stopping';
  /** Network namespace of the host that it is in. */
  readonly namespace: string;
  /** Canonical text of the definition that runs, with its bridge. */
  readonly xml: string;
  readonly borrowed: Borrowed;
}

/**
 * Why it is off, though it may be one that is started with the host: `stopped` by hand, a start that `failed`, a bridge
 * that was `lost`, or an autostart that was `asked` for after the host had booted.
 */
export type OffReason = 'stopped' | 'failed' | 'lost' | 'asked';

export interface OffRecord extends RecordCommon {
  readonly phase: 'off';
  readonly why: OffReason;
}

export type NetworkState =
  /** Without a `why` it has not been started since the boot. */
  | Readonly<{ phase: 'off'; why?: OffReason }>
  /** `elsewhere`: in a network namespace that isn't this process's; not to be touched from here. */
  | Readonly<{ phase: ActiveRecord['phase']; record: ActiveRecord; place: 'here' | 'elsewhere' }>;

export function readNetworkState(paths: StatePaths, name: string): NetworkState {
  const record = readRecord(networkPaths(paths, name).state) as
    ActiveRecord | OffRecord | undefined;
  if (record?.boot !== bootId()) return { phase: 'off' };
  if (record.phase === 'off') return { phase: 'off', why: record.why };
  const { phase, namespace } = record;
  if (namespace === networkNamespace()) return { phase, record, place: 'here' };
  // With its namespace everything of it has gone.
  return isNetworkNamespaceInUse(namespace)
    ? { phase, record, place: 'elsewhere' }
    : { phase: 'off' };
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

/** Names that have a run folder. */
export function runningNames(paths: StatePaths): string[] {
  try {
    return readdirSync(paths.networks);
  } catch {
    return [];
  }
}

/** Nothing is remembered of the network any more, its leases included. */
export function forgetNetwork(paths: StatePaths, name: string): void {
  const files = networkPaths(paths, name);
  rmSync(files.directory, { recursive: true, force: true });
  rmSync(files.leases, { force: true });
}
