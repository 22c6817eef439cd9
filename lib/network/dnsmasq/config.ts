/**
 * The configuration of a network's dnsmasq, line by line as libvirt writes it. It also contains what libvirt writes to separate
 * files (DHCP hosts, names): dnsmasq would read such files after dropping root privileges, and only root can read the run
 * folder. Pure.
 */
import { definitionError } from '../../domain/xml/source-location';
import { addressBits, parseIp } from '../../domain/interface/ip-address';
import type { ActiveNetwork } from '../active-network';
import { canonicalBytes } from '../elements/dhcp-hosts';
import { leaseSeconds } from '../elements/lease-time';
import { quoted, word } from './text';
import { hasOwnBridge } from '../definition/definition';
import type {
  DhcpHost,
  DhcpRange,
  DnsmasqOption,
  NetworkDefinition,
  NetworkIp,
  LeaseTime,
} from '../definition/definition';

/** The user that dnsmasq runs as, and the folder of the containers' names. */
export interface DnsmasqUser {
  /** Default: the user `nobody`, dnsmasq's own default. */
  readonly user?: string;
  /** The folder from which it reads the names and addresses of containers; see names.ts. */
  readonly names?: string;
}

/** Whether the network needs dnsmasq: it has an address, and serves DNS, DHCP, TFTP or IPv6 on it. */
export function wantsDnsmasq(definition: NetworkDefinition): boolean {
  const { ips, dns } = definition;
  if (!hasOwnBridge(definition) || ips.length === 0) return false;
  return (
    dns.enabled !== false || ips.some((ip) => ip.family === 'ipv6' || servesDhcp(ip) || ip.tftpRoot)
  );
}

/**
 * @throws DefinitionError XML_ERROR, with the element, for a value that dnsmasq would misunderstand.
 */
export function dnsmasqConfig(
  network: ActiveNetwork,
  { user, names: folder }: DnsmasqUser = {},
): string {
  const { definition, bridge, paths } = network;
  const ownUser = definition.dnsmasqOptions.some(({ value }) => /^\s*user\s*=/.test(value));
  const lines = [
    'strict-order',
    ...(definition.dns.enabled === false ? ['port=0'] : []),
    ...forwarding(definition),
    `pid-file=${quoted(paths.dnsmasqOwnPid, 'root')}`,
    ...(user === undefined || ownUser ? [] : [`user=${user}`]),
    'except-interface=lo',
    'bind-dynamic',
    `interface=${word(bridge, 'network/bridge')}`,
    ...(definition.forward.mode === 'none' ? ['dhcp-option=3', 'no-resolv', 'ra-param=*,0,0'] : []),
    ...records(definition),
    ...definition.ips.flatMap(tftp),
    ...dhcp(network),
    ...(definition.dns.enabled === false ? [] : names(definition)),
    ...(folder === undefined ? [] : folders(definition, folder)),
    ...(definition.mtu === undefined ? [] : [`dhcp-option=option:mtu,${definition.mtu}`]),
    ...routerAdvertisement(definition),
    ...definition.dnsmasqOptions.map(option),
  ];
  return `${lines.join('\n')}\n`;
}

function forwarding({ dns, domain, ips }: NetworkDefinition): string[] {
  const lines: string[] = [];
  for (const { address, domain: of } of dns.forwarders) {
    const server = address === undefined ? '#' : word(address, 'network/dns/forwarder');
    lines.push(
      of === undefined
        ? `server=${server}`
        : `server=/${word(of, 'network/dns/forwarder')}/${server}`,
    );
  }
  const forwardsAll = dns.forwarders.some((one) => one.address !== undefined && !one.domain);
  if (forwardsAll) lines.push('no-resolv');
  if (domain !== undefined) {
    const name = word(domain.name, 'network/domain');
    if (domain.localOnly === true) lines.push(`local=/${name}/`);
    lines.push(`domain=${name}`, 'expand-hosts');
  }
  for (const ip of ips) {
    if (ip.localPtr === true) lines.push(`local=/${reverseZone(ip)}/`);
  }
  if (dns.forwardPlainNames === false) lines.push('domain-needed', 'local=//');
  return lines;
}

/** The reverse zone of a network's addresses. The parser has checked that the prefix ends where a label of a name ends. */
function reverseZone({ family, address, prefix }: NetworkIp): string {
  const ip = parseIp(address);
  const [labelBits, radix, suffix] =
    family === 'ipv4' ? [8, 10, 'in-addr.arpa'] : [4, 16, 'ip6.arpa'];
  let rest = (ip?.value ?? 0n) >> BigInt(addressBits[family] - prefix);
  const labels: string[] = [];
  for (let bits = 0; bits < prefix; bits += labelBits) {
    labels.push((rest & ((1n << BigInt(labelBits)) - 1n)).toString(radix));
    rest >>= BigInt(labelBits);
  }
  return [...labels, suffix].join('.');
}

function records({ dns }: NetworkDefinition): string[] {
  const txts = dns.txts.map(
    ({ name, value }) =>
      `txt-record=${word(name, 'network/dns/txt')},${quoted(value, 'network/dns/txt')}`,
  );
  const srvs = dns.srvs.map(({ service, protocol, domain, target, port, priority, weight }) => {
    const own = (text: string): string => word(text, 'network/dns/srv');
    const name = [
      `_${own(service)}`,
      `_${own(protocol)}`,
      ...(domain === undefined ? [] : [own(domain)]),
    ];
    const rest = target === undefined ? [] : [own(target), port ?? 1, priority ?? 0, weight ?? 0];
    return `srv-host=${[name.join('.'), ...rest].join(',')}`;
  });
  return [...txts, ...srvs];
}

function tftp({ tftpRoot }: NetworkIp): string[] {
  if (tftpRoot === undefined) return [];
  return ['enable-tftp', `tftp-root=${quoted(tftpRoot, 'network/ip/tftp')}`];
}

function dhcp({ definition, paths }: ActiveNetwork): string[] {
  const serving = definition.ips.filter(servesDhcp);
  const leases = serving.flatMap(({ dhcp: of }) => of?.ranges ?? []).map(rangeSize);
  const total = leases.reduce((sum, size) => sum + size, 0);
  return [
    ...serving.flatMap(ranges),
    // Without no-ping, dnsmasq waits three seconds for a ping answer before it gives the first lease.
    ...(serving.some(({ family }) => family === 'ipv4')
      ? ['dhcp-no-override', 'dhcp-authoritative', 'no-ping']
      : []),
    ...serving.flatMap(bootp),
    ...(total > 0 ? [`dhcp-lease-max=${total}`] : []),
    ...(serving.length > 0 ? [`dhcp-leasefile=${quoted(paths.leases, 'root')}`] : []),
    ...serving.flatMap(({ family, dhcp: of }) =>
      (of?.hosts ?? []).map((host) => dhcpHost(host, family)),
    ),
  ];
}

function servesDhcp({ dhcp: of }: NetworkIp): boolean {
  return of !== undefined && (of.ranges.length > 0 || of.hosts.length > 0);
}

function ranges({ family, address, prefix, dhcp: of }: NetworkIp): string[] {
  const mask = family === 'ipv4' ? netmask(prefix) : String(prefix);
  if (of === undefined || of.ranges.length === 0) {
    return [`dhcp-range=${address},static${family === 'ipv6' ? `,${mask}` : ''}`];
  }
  return of.ranges.map(({ start, end, lease }) => {
    const parts = [start, end, mask, ...leaseTime(lease)];
    return `dhcp-range=${parts.map((part) => word(part, 'network/ip/dhcp/range')).join(',')}`;
  });
}

function leaseTime(lease: LeaseTime | undefined): string[] {
  if (lease === undefined) return [];
  return [lease.expiry === 0 ? 'infinite' : `${leaseSeconds(lease)}s`];
}

function netmask(prefix: number): string {
  const bits = (0xffffffffn << BigInt(32 - prefix)) & 0xffffffffn;
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
}

function rangeSize({ start, end }: DhcpRange): number {
  const [first, last] = [parseIp(start), parseIp(end)];
  return first === undefined || last === undefined ? 0 : Number(last.value - first.value) + 1;
}

function bootp({ dhcp: of }: NetworkIp): string[] {
  if (of?.bootp === undefined) return [];
  const element = 'network/ip/dhcp/bootp';
  const { file, server } = of.bootp;
  const rest = server === undefined ? '' : `,,${word(server, element)}`;
  return [`dhcp-boot=${quoted(file, element)}${rest}`];
}

function dhcpHost({ mac, id, name, ip, lease, position }: DhcpHost, family: string): string {
  const parts = [
    ...(mac === undefined ? [] : [canonicalBytes(mac)]),
    ...(id === undefined ? [] : [`id:${canonicalBytes(id)}`]),
    ...(mac === undefined ? [] : [ip]),
    ...(name === undefined ? [] : [name]),
    ...(mac === undefined ? [family === 'ipv4' ? ip : `[${ip}]`] : []),
    ...leaseTime(lease),
  ];
  const element = 'network/ip/dhcp/host';
  return `dhcp-host=${parts.map((part) => word(part, element, position)).join(',')}`;
}

/** A name without dots also gets the network's domain, as with expand-hosts. The first name answers PTR queries. */
function names({ dns, domain }: NetworkDefinition): string[] {
  return dns.hosts.map(({ ip, names: own }) => {
    const all = own.flatMap((name) =>
      domain === undefined || name.includes('.') ? [name] : [`${name}.${domain.name}`, name],
    );
    return `host-record=${[...all, ip].map((part) => word(part, 'network/dns/host')).join(',')}`;
  });
}

function folders({ dns, ips }: NetworkDefinition, folder: string): string[] {
  const hasDhcp = ips.some((ip) => ip.family === 'ipv4' && servesDhcp(ip));
  return [
    ...(dns.enabled === false ? [] : [`hostsdir=${quoted(`${folder}/hosts`, 'root')}`]),
    ...(hasDhcp ? [`dhcp-hostsdir=${quoted(`${folder}/addresses`, 'root')}`] : []),
  ];
}

function routerAdvertisement({ ips }: NetworkDefinition): string[] {
  const own = ips.filter(({ family }) => family === 'ipv6');
  if (own.some(servesDhcp)) return ['enable-ra'];
  return own.map(({ address }) => `dhcp-range=${address},ra-only`);
}

/** Options that tslxc sets itself, to find the dnsmasq process and to see whether it serves. */
const ours = /^\s*(pid-file|keep-in-foreground|no-daemon)\b(?!-)/;

function option({ value, position }: DnsmasqOption): string {
  const location = { path: 'network/dnsmasq:options/dnsmasq:option', position };
  if (/[\n\r\0]/.test(value)) {
    throw definitionError('XML_ERROR', `an option of dnsmasq has one line: '${value}'`, location);
  }
  if (!ours.test(value)) return value;
  throw definitionError(
    'CONFIG_UNSUPPORTED',
    `a network can't have the option '${value}' of dnsmasq`,
    location,
  );
}
