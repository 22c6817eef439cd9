/** Checks the network interfaces before the domain is started: some may be defined, but not started. */
import type { DomainDefinition } from '../definition';
import type { InterfaceDefinition } from './definition';
import { filterFault } from './port/filter';
import { definitionError, type SourceLocation } from '../xml/source-location';

/** RFC 8200, section 5. The kernel turns IPv6 off on a link with a smaller MTU. */
const smallestIpv6Mtu = 1280;

/**
 * What depends on the virtual network of an interface is checked elsewhere, once the network is known.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED.
 */
export function checkInterfaces({ interfaces }: DomainDefinition): void {
  for (const item of interfaces) {
    const fault = faultOf(item);
    if (fault !== undefined)
      throw definitionError('CONFIG_UNSUPPORTED', fault.detail, fault.location);
  }
}

interface Fault {
  readonly detail: string;
  readonly location: SourceLocation;
}

function faultOf(item: InterfaceDefinition): Fault | undefined {
  const { type, mac, bandwidth, vlan, mtu, linkState, addresses, routes, filter, virtualPort } =
    item;
  const [route] = routes;
  if (type === 'direct' && bandwidth !== undefined) {
    // A macvlan has no side on the host to which rules could be attached.
    const detail = 'Unable to set network bandwidth on direct interfaces';
    return { detail, location: placeOf('bandwidth', bandwidth) };
  }
  if ((type === 'direct' || type === 'ethernet') && vlan !== undefined) {
    const detail = `interface ${mac} - vlan tag not supported for this connection type`;
    return { detail, location: placeOf('vlan', vlan) };
  }
  if (linkState === 'down' && route !== undefined) {
    // The kernel has no routes for an interface that is down.
    const detail = 'a route needs an interface that is up';
    return { detail, location: placeOf('route', route) };
  }
  const misplaced = virtualPort && faultOfSwitch(item);
  if (misplaced !== undefined) return misplaced;
  const unfiltered = filter && filterFault(filter);
  if (filter !== undefined && unfiltered !== undefined) {
    return { detail: unfiltered, location: placeOf('filterref', filter) };
  }
  const ipv6 = addresses.find(({ family }) => family === 'ipv6');
  if (mtu !== undefined && mtu < smallestIpv6Mtu && ipv6 !== undefined) {
    const detail = `IPv6 needs an mtu of at least ${smallestIpv6Mtu}`;
    return { detail, location: placeOf('ip', ipv6) };
  }
  return undefined;
}

/** Refuses features that a bridge of the kernel has, and an Open vSwitch bridge lacks. */
export function faultOfSwitch({
  filter,
  isolated,
  position,
}: Pick<InterfaceDefinition, 'filter' | 'isolated' | 'position'>): Fault | undefined {
  if (filter !== undefined) {
    const detail = 'the rules of <filterref> do not hold on a bridge of Open vSwitch';
    return { detail, location: placeOf('filterref', filter) };
  }
  if (isolated !== true) return undefined;
  const detail = "<port isolated='yes'/> does not hold on a bridge of Open vSwitch";
  return { detail, location: placeOf('port', { position }) };
}

function placeOf(word: string, { position }: Pick<SourceLocation, 'position'>): SourceLocation {
  return { path: `domain/devices/interface/${word}`, position };
}
