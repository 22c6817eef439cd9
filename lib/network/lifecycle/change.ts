/**
 * A change of a running network: its record says what it is, dnsmasq serves it, and other firewalls let it pass. The caller
 * holds the network's lock.
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
 * A process that ends on the way leaves the network as it was, or as it is to be, and dnsmasq to the next caller.
 *
 * @throws as `startDnsmasq` and `ensureFirewall`; the network is then as it was before.
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
    // What does not come back here, the next caller brings back: the record says that it is to run.
    await serve(paths, record, before).catch(() => undefined);
    throw error;
  }
}

/** What dnsmasq is told; empty when there is none. */
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
