/** The message about packets of a network that another firewall drops, with the commands that allow them. */
import type { ActiveNetwork } from '../active-network';
import type { Need } from './needs';
import { nftFamily } from './rules';
import type { NftChain } from './nft';

export interface Obstacle {
  /** A base chain. */
  readonly chain: NftChain;
  readonly need: Need;
}

/** One sentence about all chains. */
export function describeObstacles(
  { definition, bridge }: ActiveNetwork,
  obstacles: readonly Obstacle[],
): string {
  const chains = [...new Set(obstacles.map(({ chain }) => describeChain(chain)))];
  const dropped = [...new Set(obstacles.map(({ need }) => need.what))].join(', ');
  const [subject, verb] = [chains.join(' and '), chains.length === 1 ? 'drops' : 'drop'];
  return (
    `${subject} ${verb} what the network '${definition.name}' needs: ${dropped}; ` +
    `allow it, there and in that firewall's configuration: ${remedies(obstacles, bridge).join('; ')}`
  );
}

function describeChain({ name, family, table }: NftChain): string {
  return `the chain '${name}' of the nftables table '${family} ${table}'`;
}

/** The commands that help. A table of firewalld can be changed only by firewalld. */
function remedies(obstacles: readonly Obstacle[], bridge: string): string[] {
  return [
    ...new Set(
      obstacles.map(({ chain, need }) =>
        chain.table === 'firewalld'
          ? `firewall-cmd --zone=trusted --change-interface=${bridge}`
          : `nft insert rule ${chain.family} ${chain.table} ${chain.name} ${nftWords(need)} accept`,
      ),
    ),
  ];
}

/** A need in the syntax of nft. */
function nftWords(need: Need): string {
  const { from, to, sourceNetwork, destinationNetwork, protocol, port, state } = need;
  const family = nftFamily[need.family];
  return [
    ...(from === undefined ? [] : [`iifname ${shellDevice(from)}`]),
    ...(to === undefined ? [] : [`oifname ${shellDevice(to)}`]),
    ...(sourceNetwork === undefined ? [] : [`${family} saddr ${sourceNetwork}`]),
    ...(destinationNetwork === undefined ? [] : [`${family} daddr ${destinationNetwork}`]),
    ...(protocol === 'icmpv6' ? ['meta l4proto icmpv6'] : []),
    ...(port === undefined ? [] : [`${protocol ?? 'th'} dport ${port}`]),
    ...(state === 'new' ? [] : ['ct state established,related']),
  ].join(' ');
}

/** The name, quoted for nft and for the shell if necessary. */
function shellDevice(name: string): string {
  return /^[A-Za-z][\w.-]*$/u.test(name) ? name : `'"${name}"'`;
}
