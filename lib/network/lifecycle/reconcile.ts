/**
 * What a look at a network finds, and puts right: a start or stop whose caller died, a bridge that was deleted by hand,
 * a dead dnsmasq, rules that somebody has flushed.
 */
import { TslxcError } from '../../errors';
import { networkPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { activeNetwork } from '../active-network';
import { hasBridge } from '../bridge/bridge';
import type { NetworkDefinition } from '../definition/definition';
import { ensureDnsmasq } from '../dnsmasq/dnsmasq';
import { ensureFirewall, isFirewallOpen } from '../firewall/check';
import { isKeeperAlive } from '../dnsmasq/keeper';
import { takeDown } from './take-down';
import { isNetworkLocked } from './network-lock';
import { parseNetwork } from '../definition/parse';
import { readNetworkState, writeOffRecord } from './state';
import type { ActiveRecord, NetworkState, OffReason } from './state';

/** A network's state once nothing of it is half done. */
export type SettledState = NetworkState & { phase: 'off' | 'running' };

export interface Settled {
  readonly state: SettledState;
  /** What was running until it was found to have lost its bridge, or a stop of it was finished just now. */
  readonly ended?: ActiveRecord;
}

/**
 * Takes back what is half done, under the network's lock.
 *
 * @throws whatever could not be given back; the next look tries again.
 */
export async function settleNetwork(paths: StatePaths, name: string): Promise<Settled> {
  const state = readNetworkState(paths, name);
  if (state.phase === 'off') return { state };
  const { phase, record, place } = state;
  if (place === 'elsewhere') return { state: { phase: 'running', record, place } };
  if (phase === 'running' && (await hasItsBridge(record))) {
    return { state: { phase, record, place } };
  }
  const why = { starting: 'failed', running: 'lost', stopping: 'stopped' } as const;
  await endNetwork(paths, record, why[phase]);
  const ended = phase === 'starting' ? {} : { ended: record };
  return { state: { phase: 'off', why: why[phase] }, ...ended };
}

/** Takes a network down, and remembers why it is off. Under the network's lock. */
export async function endNetwork(
  paths: StatePaths,
  record: ActiveRecord,
  why: OffReason,
): Promise<void> {
  await takeDown(paths, record);
  writeOffRecord(paths, record, why);
}

/**
 * Whether a look has something to put right. Takes no lock; what somebody works on is theirs. A `quick` look, as each
 * start of a container takes it, doesn't ask for the rules: that takes a program of some milliseconds.
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
  const { dnsmasq, firewall } = record.borrowed;
  if (dnsmasq && !isKeeperAlive(networkPaths(paths, name))) return true;
  if (!firewall || look === 'quick') return false;
  return !(await isFirewallOpen(activeNetwork(paths, runningDefinition(record))));
}

/** By text: each start of a container asks for that of its network. */
const parsed = new Map<string, NetworkDefinition>();
const parsedAtMost = 64;

/** The definition that runs. */
export function runningDefinition({ xml, uuid }: ActiveRecord): NetworkDefinition {
  const known = parsed.get(xml);
  if (known !== undefined) return known;
  // What was printed has both.
  const definition = parseNetwork(xml, { newUuid: () => uuid, newMac: () => '' });
  if (parsed.size >= parsedAtMost) parsed.clear();
  parsed.set(xml, definition);
  return definition;
}

/**
 * Brings back what a running network has lost. Under its lock.
 *
 * @throws TslxcError OPERATION_FAILED when dnsmasq ends again and again; as openFirewall and startDnsmasq.
 */
export async function repairNetwork(paths: StatePaths, record: ActiveRecord): Promise<void> {
  const { dnsmasq, firewall } = record.borrowed;
  if (!dnsmasq && !firewall) return;
  const network = activeNetwork(paths, runningDefinition(record));
  if (firewall) await ensureFirewall(network);
  if (dnsmasq) {
    const { state, words } = await ensureDnsmasq(network);
    if (state !== 'failing') return;
    throw new TslxcError('OPERATION_FAILED', `dnsmasq ends again and again: ${words ?? ''}`, {
      step: 'bring dnsmasq back',
    });
  }
}

async function hasItsBridge({ borrowed: { bridge } }: ActiveRecord): Promise<boolean> {
  return bridge === undefined || (await hasBridge(bridge));
}
