/**
 * The packets that must pass the host's firewall for a network to work, as data. It is used to check whether other firewalls
 * drop them, and to write rules and remedies for them.
 */
import { parseIp, networkAddress, ipOf, type IpFamily } from '../../domain/interface/ip-address';
import type { ActiveNetwork } from '../active-network';
import type { NetworkIp } from '../definition/definition';
import { isTranslated, networkOf } from './rules';

export type Hook = 'input' | 'forward' | 'output';

/** A kind of packet that a network needs. A missing field means any value. */
export interface Need {
  readonly hook: Hook;
  readonly family: IpFamily;
  /** The interfaces by which the packet arrives (`from`) and leaves (`to`). */
  readonly from?: string;
  readonly to?: string;
  /** The containers' network, if they send (`sourceNetwork`) or receive (`destinationNetwork`) the packet. */
  readonly sourceNetwork?: string;
  readonly destinationNetwork?: string;
  /** An address of that network. */
  readonly address?: string;
  readonly protocol?: 'udp' | 'tcp' | 'icmpv6';
  /** Destination port. */
  readonly port?: number;
  readonly state: 'new' | 'established';
  /** Its name in messages. */
  readonly what: string;
}

/** `bridged`: families for which br_netfilter passes packets between ports of a bridge through the hook `forward`. */
export function firewallNeeds(network: ActiveNetwork, bridged: readonly IpFamily[]): Need[] {
  const { forward } = network.definition;
  if (forward.mode !== 'none' && forward.mode !== 'nat' && forward.mode !== 'route') return [];
  return [...serviceNeeds(network), ...bridgedNeeds(network, bridged), ...forwardNeeds(network)];
}

/** Queries of containers to dnsmasq, and those answers that connection tracking does not recognize as such. */
function serviceNeeds({ definition, bridge }: ActiveNetwork): Need[] {
  const needs: Need[] = [];
  for (const family of ['ipv4', 'ipv6'] as const) {
    const ips = definition.ips.filter((ip) => ip.family === family);
    const add = (need: Pick<Need, 'protocol' | 'port' | 'what'>) =>
      needs.push({ hook: 'input', family, from: bridge, state: 'new', ...need });
    if (ips.some((ip) => ip.dhcp !== undefined)) {
      const [server, client] = family === 'ipv4' ? [67, 68] : [547, 546];
      add({ protocol: 'udp', port: server, what: 'DHCP requests' });
      const answer = { protocol: 'udp', port: client, what: 'DHCP answers' } as const;
      needs.push({ hook: 'output', family, to: bridge, state: 'new', ...answer });
    }
    if (ips.length > 0 && definition.dns.enabled !== false) {
      add({ protocol: 'udp', port: 53, what: 'DNS queries' });
      add({ protocol: 'tcp', port: 53, what: 'DNS queries' });
    }
    if (ips.some((ip) => ip.tftpRoot !== undefined)) {
      add({ protocol: 'udp', port: 69, what: 'TFTP requests' });
    }
    // Without neighbour discovery, containers can't find the bridge's address.
    if (family === 'ipv6' && ips.length > 0) {
      add({ protocol: 'icmpv6', what: 'neighbour discovery' });
    }
  }
  return needs;
}

function bridgedNeeds({ definition, bridge }: ActiveNetwork, bridged: readonly IpFamily[]): Need[] {
  const hasIpv6 = definition.ipv6 || definition.ips.some(({ family }) => family === 'ipv6');
  const families = bridged.filter((family) => family === 'ipv4' || hasIpv6);
  return families.map((family) => ({
    hook: 'forward',
    family,
    from: bridge,
    to: bridge,
    state: 'new',
    what: 'packets from container to container',
  }));
}

function forwardNeeds({ definition, bridge }: ActiveNetwork): Need[] {
  const { forward, ips } = definition;
  if (forward.mode === 'none') return [];
  const [device] = forward.devices;
  return ips.flatMap((ip): Need[] => {
    const { family } = ip;
    const common = { hook: 'forward', family, address: exampleAddress(ip) } as const;
    const network = networkOf(ip);
    return [
      {
        ...common,
        from: bridge,
        ...(device === undefined ? {} : { to: device }),
        sourceNetwork: network,
        state: 'new',
        what: 'packets that leave',
      },
      {
        ...common,
        ...(device === undefined ? {} : { from: device }),
        to: bridge,
        destinationNetwork: network,
        state: isTranslated(forward, family) ? 'established' : 'new',
        what: isTranslated(forward, family) ? 'answers from outside' : 'packets from outside',
      },
    ];
  });
}

/** An example of an address that a container may have. */
function exampleAddress({ address, prefix }: NetworkIp): string {
  const ip = parseIp(address);
  if (ip === undefined) return address;
  const first = networkAddress(ip, prefix).value;
  return ipOf(ip.family, ip.value === first + 1n ? first + 2n : first + 1n).address;
}
