/** Random networks that may be defined, as `parseNetwork` leaves them: what is a default is left out. */
import fc from 'fast-check';

import { ipOf, networkAddress, parseIp, type Ip } from '../../../lib/domain/interface/ip-address';
import type {
  DhcpHost,
  DhcpRange,
  LeaseTime,
  Forward,
  NetworkDefinition,
  NetworkDns,
  NetworkIp,
  Portgroup,
} from '../../../lib/network/definition/definition';

const position = { line: 1, column: 1 };

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Without the keys that are undefined: an absent field is not there. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Text without control characters; XML lets tabs and line breaks in attributes pass only as references. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((value) => value.replace(/[\p{Cc}\ufffe\uffff]/gu, '?'));

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const dnsName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const device = fc
  .stringMatching(/^[a-z][a-z0-9_.-]{0,14}$/)
  .filter((name) => name !== 'all' && name !== 'default');
const mac = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 5, maxLength: 5 })
  .map((bytes) => [0x52, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
const duid = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
  .map((bytes) => [0, 3, 0, 1, ...bytes])
  .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':'));

const rate = fc
  .record({
    average: fc.integer({ min: 1, max: 1e6 }),
    peak: optional(fc.integer({ min: 1, max: 1e6 })),
    burst: optional(fc.integer({ min: 1, max: 1e6 })),
  })
  .map(defined);

const bandwidth = fc
  .record({ inbound: optional(rate), outbound: optional(rate) })
  .filter(({ inbound, outbound }) => (inbound ?? outbound) !== undefined)
  .map((directions) => ({ ...defined(directions), position }));

const tag = fc.integer({ min: 1, max: 4094 });
const vlan = fc.oneof(
  tag.map((id) => ({ trunk: false, tags: [{ id }], position })),
  fc
    .tuple(fc.uniqueArray(tag, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([ids, isNative]) => ({
      trunk: true,
      tags: ids.map((id, index) =>
        isNative && index === 0 ? { id, nativeMode: 'untagged' as const } : { id },
      ),
      position,
    })),
);

const lease: fc.Arbitrary<LeaseTime> = fc.oneof(
  fc.constant({ expiry: 0, unit: 'minutes' } as const),
  fc.record({
    expiry: fc.integer({ min: 120, max: 1e5 }),
    unit: fc.constantFrom('hours', 'minutes', 'seconds'),
  }),
);

/** Hosts behind the bridge's address: numbers from 1 on, in order and none twice. */
const numbers = fc
  .uniqueArray(fc.integer({ min: 2, max: 250 }), { maxLength: 8 })
  .map((list) => [...list].sort((a, b) => a - b));

interface Subnet {
  readonly base: Ip;
  readonly family: 'ipv4' | 'ipv6';
}

/** Ranges of the first half of the numbers, two by two, and hosts of the second. */
function served({ base, family }: Subnet): fc.Arbitrary<NetworkIp['dhcp']> {
  const at = (number: number) => ipOf(family, base.value + BigInt(number)).address;
  return fc
    .record({
      list: numbers,
      leases: fc.array(optional(lease), { minLength: 8, maxLength: 8 }),
      macs: fc.uniqueArray(mac, { minLength: 8, maxLength: 8 }),
      ids: fc.uniqueArray(duid, { minLength: 8, maxLength: 8 }),
      names: fc.uniqueArray(label, { minLength: 8, maxLength: 8 }),
      withName: fc.array(fc.constantFrom('key', 'name', 'both'), { minLength: 8, maxLength: 8 }),
      bootp: optional(fc.record({ file: text, server: optional(fc.ipV4()) }).map(defined)),
    })
    .map(({ list, leases, macs, ids, names, withName, bootp }) => {
      const half = Math.floor(list.length / 4) * 2;
      const ranges: DhcpRange[] = [];
      for (let index = 0; index + 1 < half; index += 2) {
        const [start = 2, end = 2] = list.slice(index, index + 2).map(at);
        ranges.push(
          defined({ start: String(start), end: String(end), lease: leases[index], position }),
        );
      }
      const hosts = list.slice(half).map((number, index): DhcpHost => {
        const has = withName[index];
        const key =
          has === 'name' ? {} : family === 'ipv4' ? { mac: macs[index] } : { id: ids[index] };
        const name = has === 'key' ? undefined : names[index];
        return defined({ ...key, name, ip: at(number), lease: leases[index], position });
      });
      const isBoot = family === 'ipv4' && bootp !== undefined;
      if (ranges.length + hosts.length === 0 && !isBoot) return undefined;
      return { ranges, hosts, ...(isBoot ? { bootp } : {}) };
    });
}

function ipOfSubnet(subnet: Subnet): fc.Arbitrary<NetworkIp> {
  const { base, family } = subnet;
  return fc
    .record({
      dhcp: served(subnet),
      localPtr: fc.boolean(),
      hasNetmask: fc.boolean(),
      tftpRoot: optional(text.map((path) => `/${path}`)),
    })
    .map(({ hasNetmask, tftpRoot, ...ip }) =>
      defined({
        family,
        address: ipOf(family, base.value + 1n).address,
        prefix: family === 'ipv4' ? 24 : 64,
        written:
          family === 'ipv4' && hasNetmask
            ? { netmask: '255.255.255.0' }
            : { family, prefix: family === 'ipv4' ? '24' : '64' },
        tftpRoot: family === 'ipv4' ? tftpRoot : undefined,
        ...ip,
        position,
      }),
    );
}

const subnets: readonly Subnet[] = (['10.7.7.0', 'fd07:7::'] as const).map((address) => {
  const base = parseIp(address) ?? ipOf('ipv4', 0n);
  return { base: networkAddress(base, 24), family: base.family };
});

const dns: fc.Arbitrary<NetworkDns> = fc.oneof(
  fc.boolean().map((forwardPlainNames) => ({
    enabled: false,
    forwardPlainNames,
    forwarders: [],
    txts: [],
    hosts: [],
    srvs: [],
  })),
  fc.record({
    enabled: fc.constant(true),
    forwardPlainNames: fc.boolean(),
    forwarders: fc.array(
      fc
        .record({ address: optional(fc.ipV4()), domain: optional(dnsName) })
        .filter(({ address, domain }) => (address ?? domain) !== undefined)
        .map(defined),
      { maxLength: 2 },
    ),
    txts: fc.array(fc.record({ name: dnsName, value: text }), { maxLength: 2 }),
    hosts: fc.array(
      fc.record({ ip: fc.ipV4(), names: fc.array(dnsName, { minLength: 1, maxLength: 3 }) }),
      { maxLength: 2 },
    ),
    srvs: fc.array(
      fc.oneof(
        fc
          .record({
            service: fc.constantFrom('sip', 'ldap', '_x'),
            protocol: fc.constantFrom('tcp', 'udp'),
            domain: optional(dnsName),
          })
          .map(defined),
        fc
          .record({
            service: fc.constant('xmpp-client'),
            protocol: fc.constant('tcp'),
            target: dnsName,
            port: optional(fc.integer({ min: 1, max: 65535 })),
            priority: optional(fc.integer({ min: 1, max: 65535 })),
            weight: optional(fc.integer({ min: 1, max: 65535 })),
          })
          .map(defined),
      ),
      { maxLength: 2 },
    ),
  }),
);

const nat = fc
  .record({
    ipv6: fc.boolean(),
    addresses: optional(fc.constant({ start: '192.0.2.1', end: '192.0.2.9' })),
    ports: optional(
      fc
        .tuple(fc.integer({ min: 1, max: 32767 }), fc.integer({ min: 32768, max: 65535 }))
        .map(([start, end]) => ({ start, end })),
    ),
  })
  .filter(({ ipv6, addresses, ports }) => ipv6 || (addresses ?? ports) !== undefined)
  .map(defined);

const common = {
  name: text.map((name) => name.replaceAll('/', '_')).filter((name) => !/^\.{1,2}$/.test(name)),
  uuid: fc.uuid(),
  title: optional(text),
  description: optional(text),
  isolated: optional(fc.boolean()),
  ipv6: fc.boolean(),
};

const groups = (group: fc.Arbitrary<Pick<Portgroup, 'vlan' | 'bandwidth'>>) =>
  fc
    .tuple(
      fc.uniqueArray(device, { maxLength: 3 }),
      fc.array(group, { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 0, max: 5 }),
    )
    .map(([names, contents, chosen]): Portgroup[] =>
      names.map((name, index) => ({
        name,
        isDefault: index === chosen,
        ...contents[index],
        position,
      })),
    );

const nothing = { metadata: [], dnsmasqOptions: [], routes: [], unsupported: [] };
const noDns: NetworkDns = {
  enabled: true,
  forwardPlainNames: true,
  forwarders: [],
  txts: [],
  hosts: [],
  srvs: [],
};

/** With a bridge of its own. */
const managed: fc.Arbitrary<NetworkDefinition> = fc
  .record({
    ...common,
    mode: fc.constantFrom('none', 'nat', 'route', 'open'),
    dev: optional(device),
    nat: optional(nat),
    bridge: fc
      .record({
        name: optional(device),
        stp: fc.boolean(),
        delay: fc.integer({ min: 0, max: 30 }),
      })
      .map((bridge) => ({ ...defined(bridge), position })),
    mac,
    mtu: optional(fc.integer({ min: 1280, max: 65535 })),
    domain: optional(fc.record({ name: dnsName, localOnly: fc.boolean() })),
    dns,
    bandwidth: optional(bandwidth),
    ips: fc.tuple(...subnets.map(ipOfSubnet)),
    hasRoute: fc.boolean(),
    portgroups: groups(fc.record({ bandwidth: optional(bandwidth) }).map(defined)),
    dnsmasqOptions: fc.array(
      text.map((value) => ({ value, position })),
      { maxLength: 2 },
    ),
  })
  .map(({ mode, dev, nat: source, hasRoute, ...rest }): NetworkDefinition => {
    const devices = dev !== undefined && (mode === 'nat' || mode === 'route') ? [dev] : [];
    const forward: Forward = defined({
      mode,
      devices,
      nat: mode === 'nat' ? source : undefined,
      position,
    });
    const route = {
      family: 'ipv4',
      address: '10.128.0.0',
      prefix: 9,
      written: { family: 'ipv4', prefix: '9' },
      gateway: '10.7.7.200',
      metric: 7,
      position,
    } as const;
    return { ...nothing, ...defined(rest), forward, routes: hasRoute ? [route] : [] };
  });

/** On a bridge that is there. */
const bridged: fc.Arbitrary<NetworkDefinition> = fc
  .record({
    ...common,
    bridgeName: device,
    bandwidth: optional(bandwidth),
    vlan: optional(vlan),
    portgroups: groups(
      fc.record({ vlan: optional(vlan), bandwidth: optional(bandwidth) }).map(defined),
    ),
  })
  .map(({ bridgeName, ...rest }) => ({
    ...nothing,
    ...defined(rest),
    forward: { mode: 'bridge', devices: [], position },
    bridge: { name: bridgeName, stp: true, delay: 0, position },
    dns: noDns,
    ips: [],
  }));

/** Of devices. */
const pooled: fc.Arbitrary<NetworkDefinition> = fc
  .record({
    ...common,
    isolated: fc.constant(undefined),
    mode: fc.constantFrom('bridge', 'private', 'vepa', 'passthrough'),
    devices: fc.uniqueArray(device, { maxLength: 3 }),
    portgroups: groups(fc.constant({})),
  })
  .map(({ mode, devices, ...rest }) => ({
    ...nothing,
    ...defined(rest),
    forward: { mode, devices, position },
    bridge: { stp: true, delay: 0, position },
    dns: noDns,
    ips: [],
  }));

export const networks: fc.Arbitrary<NetworkDefinition> = fc.oneof(
  { weight: 3, arbitrary: managed },
  bridged,
  pooled,
);
