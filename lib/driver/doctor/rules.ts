/** What other programs have taken from running networks and containers: rules of nftables, and forwarding. Only reads; needs root. */
import { linkTables } from '../../container/interfaces/tables/link-tables';
import type { LinkTable } from '../../container/interfaces/tables/link-tables';
import { lostOf } from '../../container/interfaces/tables/lost-tables';
import { runNames } from '../../container/record/run-state';
import { listTables } from '../../host/kernel/nftables';
import { fileError } from '../../host/state/file-error';
import type { StatePaths } from '../../host/state/state-paths';
import { activeNetwork } from '../../network/active-network';
import { isForwardingLost } from '../../network/bridge/forwarding';
import { isFirewallOpen } from '../../network/firewall/check';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { readNetworkState, runningNames } from '../../network/lifecycle/state';
import { runStateIfAny } from '../lookup/readable-state';
import { ok, warn } from './check';
import type { HostCheck } from './check';

const id = 'network.rules';
const again = 'tslxc net-list restores it';

/** Nothing is said where no network and no such interface runs. */
export async function checkRules(paths: StatePaths): Promise<HostCheck[]> {
  const found = await orUnknown('rules are in place', () => checkAll(paths));
  const faults = found.filter(({ status }) => status !== 'ok');
  return faults.length > 0 ? faults : found.slice(0, 1);
}

const inPlace = ok(id, 'those of running networks and interfaces are in place');

async function checkAll(paths: StatePaths): Promise<HostCheck[]> {
  const checks: HostCheck[] = [];
  for (const name of runningNames(paths)) {
    const what = `network '${name}' has its rules`;
    checks.push(...(await orUnknown(what, () => checkNetwork(paths, name))));
  }
  const ofInterfaces = await orUnknown('interfaces have theirs', () => checkInterfaces(paths));
  return [...checks, ...ofInterfaces];
}

/** What can't be looked at is not gone, and says nothing of the rest. */
async function orUnknown(what: string, look: () => Promise<HostCheck[]>): Promise<HostCheck[]> {
  try {
    return await look();
  } catch (error) {
    const { message } = fileError(error, 'look for rules');
    const found = `it is unknown whether ${what}: ${message}`;
    return [warn(id, found, 'mend that, then tslxc doctor again')];
  }
}

async function checkNetwork(paths: StatePaths, name: string): Promise<HostCheck[]> {
  const state = readNetworkState(paths, name);
  if (state.phase !== 'running' || state.place === 'elsewhere') return [];
  const { record } = state;
  const network = activeNetwork(paths, runningDefinition(record));
  const checks = [inPlace];
  if (record.borrowed.forwarding && isForwardingLost(network)) {
    const found = `IP forwarding is off, which network '${name}' needs`;
    checks.push(warn('network.forwarding', found, `${again}; sysctl(8) may have been told so`));
  }
  const isOpen = !record.borrowed.firewall || (await isFirewallOpen(network));
  return isOpen ? checks : [...checks, warn(id, `rules of network '${name}' are gone`, again)];
}

interface OwnTable extends LinkTable {
  readonly domain: string;
}

async function checkInterfaces(paths: StatePaths): Promise<HostCheck[]> {
  const wanted = runNames(paths).flatMap((name) => tablesOf(paths, name));
  if (wanted.length === 0) return [];
  const lost = await lostOf(wanted, () => listTables('look for rules'));
  return [inPlace, ...lost.map(lostTable)];
}

function tablesOf(paths: StatePaths, domain: string): OwnTable[] {
  const state = runStateIfAny(paths, domain);
  if (state?.phase !== 'running') return [];
  return linkTables(state.start).map((table) => ({ ...table, domain }));
}

function lostTable({ holds, domain, host, network }: OwnTable): HostCheck {
  const what = { filter: 'the filter', forwards: 'the forwarding of ports' }[holds];
  const found = `${what} of the interface ${host} of '${domain}' is gone: another program has removed its rules`;
  const update = `tslxc update-device ${domain} with the document of the interface restores it`;
  return warn(id, found, network === undefined ? update : again);
}
