/**
 * Changes a running network: updates its record, restarts dnsmasq, and makes other firewalls let its packets pass. The caller holds
 * the network's lock.
 */
import type { StatePaths } from '../../host/state/state-paths';
import { activeNetwork } from '../active-network';
import type { NetworkDefinition } from '../definition/definition';
import { formatNetwork } from '../definition/format';
import { dnsmasqConfig, wantsDnsmasq } from '../dnsmasq/config';
import { startDnsmasq, stopDnsmasq } from '../dnsmasq/dnsmasq';
import { removeNames } from '../dnsmasq/names';
import { ensureFirewall } from '../firewall/check';
import { runningDefinition } from './reconcile';
import { writeActiveRecord } from './state';
import type { ActiveRecord, Borrowed } from './state';

/**
 * If this process dies in between, the network is left in its old or its new form, and the next caller restarts dnsmasq.
 *
 * @throws as `startDnsmasq` and `ensureFirewall`; the change is then rolled back.
 */
export async function changeRunning(
  paths: StatePaths,
  record: ActiveRecord,
  next: NetworkDefinition,
): Promise<void> {
  const before = runningDefinition(record);
  if (servedText(paths, before) === servedText(paths, next)) {
    writeActiveRecord(paths, { ...record, xml: formatNetwork(next) });
    return;
  }
  try {
    await serve(paths, record, next);
  } catch (error) {
    // If this fails too, the next caller restores the network from its record.
    await serve(paths, record, before).catch(() => undefined);
    throw error;
  }
}

/** The configuration of dnsmasq; '' if the network needs no dnsmasq. */
function servedText(paths: StatePaths, definition: NetworkDefinition): string {
  return wantsDnsmasq(definition) ? dnsmasqConfig(activeNetwork(paths, definition)) : '';
}

async function serve(
  paths: StatePaths,
  record: ActiveRecord,
  definition: NetworkDefinition,
): Promise<void> {
  const network = activeNetwork(paths, definition);
  const { dnsmasq: _former, ...others } = record.borrowed;
  const borrowed: Borrowed = { ...others, ...(wantsDnsmasq(definition) ? { dnsmasq: true } : {}) };
  // Stopped first: a caller who finds the new record must not take the old server for the new one.
  await stopDnsmasq(network);
  writeActiveRecord(paths, { ...record, xml: formatNetwork(definition), borrowed });
  if (borrowed.firewall) await ensureFirewall(network);
  if (borrowed.dnsmasq) await startDnsmasq(network);
  else removeNames(network.bridge);
}
