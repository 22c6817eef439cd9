/** Addresses, gateways and Ethernet addresses of an interface of an LXC configuration. Pure. */
import { valueError, wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import {
  addressBits,
  broadcastAddress,
  defaultPrefix,
  isInterfaceAddress,
  networkAddress,
  parseIp,
  type Ip,
  type IpFamily,
} from '../../interface/ip-address';
import { isMulticastMac, parseMac } from '../../interface/mac-address';
import { node, type PrintableElement } from '../../xml/print';
import type { Nic } from './nic';

const families: readonly IpFamily[] = ['ipv4', 'ipv6'];

interface Address {
  readonly ip: Ip;
  readonly prefix: number;
}

/** `<ip>` and `<route>`. `link` is the host's interface whose address the gateway `auto` means. @throws TslxcError CONF_SYNTAX. */
export function convertAddresses(
  scene: Scene,
  nic: Nic,
  { link, state }: { readonly link: string | undefined; readonly state: 'up' | 'down' },
): PrintableElement[] {
  return families.flatMap((family) => {
    const addresses = nic
      .takeAll(`${family}.address`)
      .map((entry) => readAddress(scene, entry, family));
    const elements = addresses.map(({ ip, prefix }) =>
      node('ip', { address: ip.address, family, prefix: String(prefix) }),
    );
    const entry = nic.take(`${family}.gateway`);
    if (entry === undefined) return elements;
    const gateway = gatewayOf(scene, entry, { family, link });
    if (gateway === undefined) return elements;
    const fault = faultOfGateway(gateway, addresses, state);
    if (fault === undefined) return [...elements, routeElement(gateway)];
    scene.report.tell(entry, fault);
    return elements;
  });
}

/** The default route. */
function routeElement({ family, address: gateway }: Ip): PrintableElement {
  const address = family === 'ipv4' ? '0.0.0.0' : '::';
  return node('route', { family, address, prefix: '0', gateway });
}

/** Reads `ADDRESS/PREFIX`, and for IPv4 a broadcast address, which the kernel computes by itself. */
function readAddress({ report }: Scene, entry: Entry, family: IpFamily): Address {
  const [text = '', broadcast] = wordsOf(entry);
  const [address = '', length] = text.split('/');
  const ip = parseIp(address);
  if (ip?.family !== family || !isInterfaceAddress(ip)) {
    throw valueError(entry, `no address of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`);
  }
  const bits = addressBits[family];
  const prefix = length === undefined ? (defaultPrefix(ip) ?? bits) : Number(length);
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > bits) {
    throw valueError(entry, `no prefix from 1 to ${bits}`);
  }
  if (broadcast !== undefined && broadcast !== broadcastAddress(ip, prefix).address) {
    report.tell(entry, 'the broadcast address is the last one of the network');
  }
  return { ip, prefix };
}

interface Asked {
  readonly family: IpFamily;
  readonly link: string | undefined;
}

/** Undefined if the gateway is left out, which is reported. */
function gatewayOf({ host, report }: Scene, entry: Entry, { family, link }: Asked): Ip | undefined {
  const { value } = entry;
  if (value === 'dev') {
    report.tell(entry, 'a route needs the address of a gateway');
    return undefined;
  }
  const found = value === 'auto' ? host.addresses.get(`${family} ${link ?? ''}`) : value;
  const ip = found === undefined ? undefined : parseIp(found);
  if (value === 'auto') {
    const now = ip === undefined ? 'has none now: left out' : `now has ${ip.address}: written down`;
    report.tell(entry, `the interface '${link ?? ''}' of the host ${now}`);
    return ip;
  }
  if (ip?.family === family && isInterfaceAddress(ip)) return ip;
  throw valueError(entry, `no address of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`);
}

/** Why a start would refuse the route; undefined if it would not. */
function faultOfGateway(
  gateway: Ip,
  addresses: readonly Address[],
  state: 'up' | 'down',
): string | undefined {
  if (state === 'down') return 'a route needs an interface that is up (flags = up)';
  // A link-local gateway is in the subnet of the link-local address that every interface has.
  if (gateway.family === 'ipv6' && gateway.value >> 118n === 0x3fan) return undefined;
  const isNear = addresses.some(
    ({ ip, prefix }) =>
      ip.family === gateway.family &&
      networkAddress(ip, prefix).value === networkAddress(gateway, prefix).value,
  );
  return isNear ? undefined : 'the gateway is in the network of no address of the interface';
}

/** `<mac>`; each `x` becomes a random digit. Nothing if the whole address is left open. */
export function convertMac({ host }: Scene, nic: Nic): PrintableElement[] {
  const entry = nic.take('hwaddr');
  if (entry === undefined || /^[xX:]*$/.test(entry.value)) return [];
  const digits = entry.value.replace(/[xX]/g, (_, index: number) => {
    // The second digit contains the multicast bit.
    const random = index === 1 ? host.randomDigit() & 0xe : host.randomDigit();
    return random.toString(16);
  });
  const address = parseMac(digits);
  if (address !== undefined && !isMulticastMac(address)) return [node('mac', { address })];
  throw valueError(entry, 'no address of an interface');
}
