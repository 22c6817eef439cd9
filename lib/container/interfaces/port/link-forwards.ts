/** The forwarded ports of an interface on this host: decided before they are put in place (place-forwards.ts), and removed. */
import type { InterfaceDefinition } from '../../../domain/interface/definition';
import { parseIp, type IpFamily } from '../../../domain/interface/ip-address';
import { definitionError } from '../../../domain/xml/source-location';
import { TslxcError } from '../../../errors';
import { hasTable, loadNft } from '../../../host/kernel/nftables';
import type { Port } from '../../../plan/network/links';
import type { FilteredLink } from '../tables/filter-rules';
import { forwardTable, noForwardRules } from './forward-rules';
import type { LinkForwards } from './forward-rules';
import { removePortClaim } from './port-claims';

/** What is known of the interface: its name on the host, the addresses that its network keeps for it, and how it is plugged in. */
export interface ForwardingPort {
  readonly host: string;
  readonly bridge: string;
  readonly reserved: readonly string[];
  readonly forwarding: (Port & { kind: 'bridge' })['forwarding'];
  /** Whether an IPv4 address will be known by the time the ports are put in place. */
  readonly offered: 'by-dhcp' | 'none';
}

/**
 * The forwarded ports, which lead to the first `<ip>` address of each family, or to the one that the network reserves
 * for the interface. Undefined for an interface without forwarded ports.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED when no address is known that a port could lead to.
 */
export function linkForwards(
  { mac, addresses, portForwards: forwards = [] }: InterfaceDefinition,
  { host, bridge, reserved, forwarding, offered }: ForwardingPort,
): LinkForwards | undefined {
  const [first] = forwards;
  if (first === undefined || forwarding === undefined) return undefined;
  const known = [...addresses.map(({ address }) => address), ...reserved];
  const target = (family: IpFamily): Partial<Record<IpFamily, string>> => {
    const found = known.find((address) => parseIp(address)?.family === family);
    return found === undefined ? {} : { [family]: found };
  };
  const targets = { ...target('ipv4'), ...target('ipv6') };
  for (const { address, position } of forwards) {
    const family = address === undefined ? undefined : parseIp(address)?.family;
    const isKnown =
      family === undefined ? Object.keys(targets).length > 0 : targets[family] !== undefined;
    if (isKnown || (offered === 'by-dhcp' && family !== 'ipv6')) continue;
    const place = { path: 'domain/devices/interface/portForward', position };
    throw definitionError('CONFIG_UNSUPPORTED', whyNowhere(address, family), place);
  }
  return { host, mac, bridge, forwards, targets, loopback: forwarding.loopback };
}

function whyNowhere(address: string | undefined, family: IpFamily | undefined): string {
  if (address === undefined || family === undefined) {
    return "the address that the ports lead to is not known: give the interface an <ip>, or its MAC address a <host> of the network's DHCP";
  }
  const kind = family === 'ipv6' ? 'IPv6' : 'IPv4';
  return `ports of the host's ${kind} address ${address} can't lead to the interface, of which no ${kind} address is known: it needs an <ip> of that kind, and a network that has one`;
}

/** Removes the rules first, then the claim on the ports. Does nothing when they are not there. */
export async function removeForwards(link: FilteredLink): Promise<void> {
  const step = `remove the forwarded ports of the interface ${link.host}`;
  try {
    if (await hasTable('inet', forwardTable(link), step)) await loadNft(noForwardRules(link), step);
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_UNSUPPORTED')) throw error;
  }
  removePortClaim(link);
}
