/**
 * The firewall of a virtual network on this host. Its own rules are an nftables table (rules.ts). Other firewalls can still
 * drop packets that it accepts. iptables' chains are shared by all programs, so rules are added there. An nftables table
 * belongs to the program that made it: if such a table drops packets, the start fails with a message that says what to allow.
 */
import type { IpFamily } from '../../domain/interface/ip-address';
import { TslxcError } from '../../errors';
import type { ActiveNetwork } from '../active-network';
import { describeObstacles, type Obstacle } from './obstacles';
import { firewallNeeds } from './needs';
import { firewallRules, firewallTable, nftFamily, noFirewallRules } from './rules';
import { filterTables, isMarkedFor, replaceMarked, type FilterTable } from './iptables';
import { loadNft } from '../../host/kernel/nftables';
import { listNftRuleset, type NftChain, type NftRuleset } from './nft';
import { droppingChains } from './nft-verdict';
import { readAttribute } from '../../host/node/attribute';

/**
 * Opens the firewall for a network that starts. On failure, everything is undone.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED without the program nft; OPERATION_FAILED, naming the chain and the remedy,
 * if another firewall drops what the network needs.
 */
export async function openFirewall(network: ActiveNetwork): Promise<void> {
  try {
    await renewFirewall(network);
  } catch (error) {
    await closeOpened(network.bridge);
    throw error;
  }
}

/**
 * Updates the firewall of a running network after another firewall was started or reloaded. On failure, the network's own
 * rules stay, since its containers are running.
 *
 * @throws as `openFirewall`.
 */
export async function renewFirewall(network: ActiveNetwork): Promise<void> {
  const rules = firewallRules(network);
  if (rules === undefined) {
    await closeOpened(network.bridge);
    return;
  }
  const step = `open the firewall for the network '${network.definition.name}'`;
  await loadNft(rules, step);
  await passOtherFirewalls(network, step);
}

/** Removes the firewall, if there is one. @throws TslxcError OPERATION_UNSUPPORTED without the program nft. */
export async function closeFirewall(bridge: string): Promise<void> {
  const step = `close the firewall of the bridge ${bridge}`;
  await loadNft(noFirewallRules(bridge), step);
  const tables = await filterTables(await listNftRuleset(step), step);
  const nothing = { mark: firewallTable(bridge), needs: [], step };
  for (const table of tables) await replaceMarked(table, nothing);
}

/** Closes the firewall after a failure. Without nft, nothing was opened. */
async function closeOpened(bridge: string): Promise<void> {
  try {
    await closeFirewall(bridge);
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_UNSUPPORTED')) throw error;
  }
}

async function passOtherFirewalls(network: ActiveNetwork, step: string): Promise<void> {
  const ruleset = await listNftRuleset(step);
  const tables = await filterTables(ruleset, step);
  // br_netfilter may be enabled later, for example by Docker.
  const needs = firewallNeeds(network, ['ipv4', 'ipv6']);
  const mark = firewallTable(network.bridge);
  for (const table of tables) await replaceMarked(table, { mark, needs, step });
  const obstacles = findObstacles(network, ruleset, tables);
  if (obstacles.length === 0) return;
  throw new TslxcError('OPERATION_FAILED', `${describeObstacles(network, obstacles)} (${step})`, {
    step,
  });
}

/** Whether the iptables chains have exactly the rules that the network needs now. */
export function passesOtherFirewalls(
  network: ActiveNetwork,
  tables: readonly FilterTable[],
): boolean {
  const needs = firewallNeeds(network, ['ipv4', 'ipv6']);
  const mark = firewallTable(network.bridge);
  return tables.every((table) => isMarkedFor(table, { mark, needs }));
}

function findObstacles(
  network: ActiveNetwork,
  ruleset: NftRuleset,
  tables: readonly FilterTable[],
): Obstacle[] {
  const isIgnored = (chain: NftChain) =>
    chain.table.startsWith('tslxc_') || tables.some((table) => isTableOf(table, chain));
  return firewallNeeds(network, bridgedFamilies()).flatMap((need) =>
    droppingChains(ruleset, need, isIgnored).map((chain) => ({ chain, need })),
  );
}

function isTableOf({ kind, family }: FilterTable, chain: NftChain): boolean {
  return kind === 'nft' && chain.table === 'filter' && chain.family === nftFamily[family];
}

/** Families for which br_netfilter passes bridged packets through the rules of the IP layer. */
function bridgedFamilies(): IpFamily[] {
  return (['ipv4', 'ipv6'] as const).filter((family) => {
    const path = `/proc/sys/net/bridge/bridge-nf-call-${nftFamily[family]}tables`;
    return readAttribute(path) === '1';
  });
}
