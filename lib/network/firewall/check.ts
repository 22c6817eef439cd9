/**
 * Whether a network's rules are still in place: another firewall may flush all rules when it reloads, and a firewall that was
 * started since then lacks the rules that the network needs.
 */
import type { ActiveNetwork } from '../active-network';
import { passesOtherFirewalls, renewFirewall } from './firewall';
import { firewallChains, firewallRules, firewallTable } from './rules';
import { filterTables } from './iptables';
import type { FilterTable } from './iptables';
import { listNftChains } from './nft';
import type { NftChain } from './nft';

const step = 'look for the rules of a network';

/** The rules that the host has now. */
interface Sight {
  readonly chains: readonly NftChain[];
  readonly tables: readonly FilterTable[];
}

/** The look in progress, which is shared, so that a caller that checks many networks at once runs the programs only once. */
let looking: Promise<Sight> | undefined;

/**
 * Whether the network's rules are in place; also true for a network without rules.
 *
 * @throws as `listNftChains`, also without the program nft, which alone can tell: then nothing is known of them.
 */
export async function isFirewallOpen(network: ActiveNetwork): Promise<boolean> {
  if (firewallRules(network) === undefined) return true;
  looking ??= look().finally(() => (looking = undefined));
  return isOpenIn(await looking, network);
}

/** Opens the firewall again if its rules were lost. @throws as `renewFirewall`. */
export async function ensureFirewall(network: ActiveNetwork): Promise<void> {
  if (firewallRules(network) === undefined || isOpenIn(await look(), network)) return;
  await renewFirewall(network);
}

function isOpenIn({ chains, tables }: Sight, network: ActiveNetwork): boolean {
  const own = firewallTable(network.bridge);
  const made = chains.filter(({ family, table }) => family === 'inet' && table === own);
  const hasAll = firewallChains(network).every((wanted) =>
    made.some(({ name }) => name === wanted),
  );
  return hasAll && passesOtherFirewalls(network, tables);
}

async function look(): Promise<Sight> {
  const chains = await listNftChains(step);
  return { chains, tables: await filterTables({ chains }, step) };
}
