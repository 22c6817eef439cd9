/**
 * Repairs a network after its caller died during a start or stop, its bridge was deleted by hand, its dnsmasq died, or another
 * program flushed its rules or switched forwarding off.
 */
import { TslxcError } from '../../errors';
import { networkPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { refuseMounts, removeTreeNow } from '../../host/trees/tree-removal';
import { activeNetwork } from '../active-network';
import type { ActiveNetwork } from '../active-network';
import { hasBridge } from '../bridge/bridge';
import { claimForwarding, isForwardingLost } from '../bridge/forwarding';
import type { NetworkDefinition } from '../definition/definition';
import { ensureDnsmasq } from '../dnsmasq/dnsmasq';
import { ensureFirewall, isFirewallOpen } from '../firewall/check';
import { isKeeperAlive } from '../dnsmasq/keeper';
import { takeDown } from './take-down';
import { isNetworkLocked } from './network-lock';
import { parseNetwork } from '../definition/parse';
import { readNetworkState, writeOffRecord } from './state';
import type { ActiveRecord, NetworkState, OffReason } from './state';

/** A network's state without an incomplete start or stop. */
export type SettledState = NetworkState & { phase: 'off' | 'running' };

export interface Settled {
  readonly state: SettledState;
  /** The record of the network, if this call found that its bridge was lost, or completed its stop. */
  readonly ended?: ActiveRecord;
}

/**
 * Rolls back an incomplete start, completes an incomplete stop, and takes down a network that has lost its bridge. In the last
 * two cases `onEnding` is called before. The caller holds the network's lock.
 *
 * @throws the error of what could not be returned to the host; the next call tries again.
 */
export async function settleNetwork(
  paths: StatePaths,
  name: string,
  onEnding: (record: ActiveRecord) => void,
): Promise<Settled> {
  const state = readNetworkState(paths, name);
  if (state.phase === 'off') return { state };
  const { phase, record, place } = state;
  if (place === 'elsewhere') return { state: { phase: 'running', record, place } };
  if (phase === 'running' && (await hasItsBridge(record))) {
    return { state: { phase, record, place } };
  }
  const why = { starting: 'failed', running: 'lost', stopping: 'stopped' } as const;
  if (phase !== 'starting') onEnding(record);
  await endNetwork(paths, record, why[phase]);
  const ended = phase === 'starting' ? {} : { ended: record };
  return { state: { phase: 'off', why: why[phase] }, ...ended };
}

/** Takes a network down, and records why it is off. The caller holds the network's lock. */
export async function endNetwork(
  paths: StatePaths,
  record: ActiveRecord,
  why: OffReason,
): Promise<void> {
  const ports = {
    path: networkPaths(paths, record.name).ports,
    step: 'remove the ports of a network',
  };
  refuseMounts(ports);
  await takeDown(paths, record);
  removeTreeNow(ports);
  writeOffRecord(paths, record, why);
}

/**
 * Whether the network needs a repair. Takes no lock; false while another caller holds the network's lock. A `quick` look, which
 * each start of a container takes, checks neither the firewall, which runs a program for some milliseconds, nor forwarding.
 */
export async function needsSettling(
  paths: StatePaths,
  state: NetworkState,
  look: 'quick' | 'thorough',
): Promise<boolean> {
  if (state.phase === 'off' || state.place === 'elsewhere') return false;
  const { phase, record } = state;
  const { name } = record;
  if (isNetworkLocked(paths, name)) return false;
  if (phase !== 'running' || !(await hasItsBridge(record))) return true;
  const { dnsmasq, firewall, forwarding } = record.borrowed;
  if (dnsmasq && !isKeeperAlive(networkPaths(paths, name))) return true;
  if (look === 'quick' || !(firewall || forwarding)) return false;
  const network = activeNetwork(paths, runningDefinition(record));
  if (forwarding && isForwardingLost(network)) return true;
  return firewall === true && !(await isFirewallOpen(network));
}

/** Cache of parsed definitions by their text, since each start of a container needs the definition of its network. */
const parsed = new Map<string, NetworkDefinition>();
const parsedAtMost = 64;

/** The running definition. */
export function runningDefinition({ xml, uuid }: ActiveRecord): NetworkDefinition {
  const known = parsed.get(xml);
  if (known !== undefined) return known;
  // The recorded text has a uuid and a mac, so neither is made.
  const made = { newUuid: () => uuid, newMac: () => '' };
  const definition = parseNetwork(xml, { ...made, unknown: 'refused' });
  if (parsed.size >= parsedAtMost) parsed.clear();
  parsed.set(xml, definition);
  return definition;
}

/**
 * Restores what a running network has lost. The caller holds the network's lock.
 *
 * @throws TslxcError OPERATION_FAILED if dnsmasq keeps exiting; as openFirewall, claimForwarding and startDnsmasq.
 */
export async function repairNetwork(paths: StatePaths, record: ActiveRecord): Promise<void> {
  const { dnsmasq, firewall, forwarding } = record.borrowed;
  if (!dnsmasq && !firewall && !forwarding) return;
  const network = activeNetwork(paths, runningDefinition(record));
  const failures: unknown[] = [];
  for (const repair of [
    async () => firewall && (await ensureFirewall(network)),
    async () => dnsmasq && (await bringDnsmasqBack(network)),
    async () =>
      forwarding && isForwardingLost(network) && (await claimForwarding(network, paths.root)),
  ]) {
    try {
      await repair();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function bringDnsmasqBack(network: ActiveNetwork): Promise<void> {
  const { state, words } = await ensureDnsmasq(network);
  if (state !== 'failing') return;
  throw new TslxcError('OPERATION_FAILED', `dnsmasq ends again and again: ${words ?? ''}`, {
    step: 'bring dnsmasq back',
  });
}

async function hasItsBridge({ borrowed: { bridge } }: ActiveRecord): Promise<boolean> {
  return bridge === undefined || (await hasBridge(bridge));
}
