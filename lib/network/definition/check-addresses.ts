/** Checks the addresses of one network against each other: `<ip>` and `<route>`. */
import { networkAddress, parseIp } from '../../domain/interface/ip-address';
import {
  attributeLocation,
  definitionError,
  type SourceLocation,
} from '../../domain/xml/source-location';
import type { NetworkDefinition, NetworkIp } from './definition';

/**
 * @throws DefinitionError CONFIG_UNSUPPORTED, with libvirt's message, for a second DHCP of a family, and a gateway that is in
 * no subnet.
 */
export function checkAddresses(definition: NetworkDefinition): void {
  checkDhcp(definition.ips);
  checkGateways(definition);
}

/** @throws DefinitionError CONFIG_UNSUPPORTED for an address that two `<ip>` have: libvirt defines it, and mostly can't start it. */
export function checkDistinct(ips: readonly NetworkIp[]): void {
  const lines = new Map<string, number>();
  for (const { address, position } of ips) {
    const line = lines.get(address);
    if (line !== undefined) {
      const detail = `address '${address}' is that of line ${line} too`;
      const location = attributeLocation({ path: 'network/ip', position }, 'address');
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    lines.set(address, position.line);
  }
}

function checkDhcp(ips: readonly NetworkIp[]): void {
  const served = new Set<string>();
  for (const { family, dhcp, position } of ips) {
    const location: SourceLocation = { path: 'network/ip', position };
    if (dhcp === undefined || dhcp.ranges.length + dhcp.hosts.length === 0) continue;
    if (served.has(family)) {
      const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
      const detail = `Multiple ${name} dhcp sections found -- dhcp is supported only for a single ${name} address on each network`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    served.add(family);
  }
}

/** A gateway can be reached if it is in the subnet of an address. */
function checkGateways({ name, ips, routes }: NetworkDefinition): void {
  const prefixes = new Map(ips.map((ip) => [`${ip.family}/${ip.prefix}`, ip]));
  const subnets = new Set(ips.map((ip) => subnetOf(ip.address, ip)));
  for (const { gateway = '', family, position } of routes) {
    const isReached = [...prefixes.values()].some(
      (ip) => ip.family === family && subnets.has(subnetOf(gateway, ip)),
    );
    if (isReached) continue;
    const detail = `unreachable static route gateway '${gateway}' specified for network '${name}'`;
    const location = attributeLocation({ path: 'network/route', position }, 'gateway');
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  }
}

/** `10.0.0.0/24` for 10.0.0.9 and a prefix of 24; undefined if the text is not an address. */
function subnetOf(text: string, { prefix }: NetworkIp): string | undefined {
  const ip = parseIp(text);
  return ip && `${networkAddress(ip, prefix).address}/${prefix}`;
}
