/** Random network interfaces, of the kinds that are carried out. */
import fc from 'fast-check';

import type { HostInterfaceDefinition } from '../../../../lib/domain/definition';
import type {
  Bandwidth,
  FilterReference,
  InterfaceAddress,
  InterfaceDefinition,
  InterfaceRoute,
  VirtualPort,
  Vlan,
} from '../../../../lib/domain/interface/definition';
import { faultOfLinkName } from '../../../../lib/domain/interface/link-name';
import {
  addressBits,
  ipOf,
  isInterfaceAddress,
  networkAddress,
  type Ip,
} from '../../../../lib/domain/interface/ip-address';
import { isMulticastMac, parseMac } from '../../../../lib/domain/interface/mac-address';

const position = { line: 1, column: 1 };

/** Without the keys that are undefined: an absent field is not there. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

export const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => parseMac(Array.from(bytes, (byte) => byte.toString(16)).join(':')) ?? '')
  .filter((text) => !isMulticastMac(text) && text !== '00:00:00:00:00:00');

/** What the driver chooses by itself is dropped, and `lo` is taken. */
export const linkName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 15 })
  .filter((name) => faultOfLinkName(name) === undefined)
  .filter((name) => !/^(lo|(vnet|macvtap|macvlan)\d+)$/.test(name));

const family = fc.constantFrom('ipv4' as const, 'ipv6' as const);
const ip = (of: Ip['family']): fc.Arbitrary<Ip> =>
  fc
    .bigInt({ min: 0n, max: 2n ** BigInt(addressBits[of]) - 1n })
    .map((value) => ipOf(of, value))
    .filter(isInterfaceAddress);

const address: fc.Arbitrary<InterfaceAddress> = family.chain((of) =>
  fc
    .record({
      family: fc.constant(of),
      address: ip(of).map((one) => one.address),
      prefix: fc.integer({ min: 1, max: addressBits[of] }),
      peer: optional(ip(of).map((one) => one.address)),
      position: fc.constant(position),
    })
    .map((all) => defined({ ...all, written: { prefix: String(all.prefix) } })),
);

const route: fc.Arbitrary<InterfaceRoute> = family.chain((of) =>
  fc
    .record({
      to: ip(of),
      prefix: fc.integer({ min: 0, max: addressBits[of] }),
      gateway: ip(of),
      metric: optional(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
    })
    .map(({ to, prefix, gateway, metric }) => ({
      family: of,
      address: networkAddress(to, prefix).address,
      prefix,
      written: { family: of, prefix: String(prefix) },
      gateway: gateway.address,
      ...(metric === undefined ? {} : { metric }),
      position,
    })),
);

const kibibytes = fc.integer({ min: 1, max: 2 ** 22 - 1 });
const rate = fc
  .record({ average: kibibytes, peak: optional(kibibytes), burst: optional(kibibytes) })
  .map(defined);

const bandwidth: fc.Arbitrary<Bandwidth> = fc
  .record({ inbound: rate, outbound: optional(rate), position: fc.constant(position) })
  .map(defined);

const tag = fc.integer({ min: 1, max: 4094 });
const vlan: fc.Arbitrary<Vlan> = fc.oneof(
  tag.map((id) => ({ trunk: false, tags: [{ id }], position })),
  fc
    .tuple(tag, tag, fc.constantFrom('tagged' as const, 'untagged' as const))
    .map(([first, second, nativeMode]): Vlan => ({
      trunk: true,
      tags: [{ id: first }, { id: second, nativeMode }],
      position,
    })),
);

const filter: fc.Arbitrary<FilterReference> = fc.record({
  filter: fc.constantFrom('clean-traffic' as const, 'no-mac-spoofing' as const),
  parameters: fc.array(
    fc.record({ name: fc.constant('IP'), value: ip('ipv4').map((one) => one.address) }),
    {
      maxLength: 2,
    },
  ),
  position: fc.constant(position),
});

const virtualPort: fc.Arbitrary<VirtualPort> = fc
  .record({
    type: fc.constant('openvswitch' as const),
    interfaceId: fc.uuid(),
    profileId: optional(fc.constantFrom('a', "<&'", 'two words')),
    position: fc.constant(position),
  })
  .map(defined);

const kinds = fc.oneof(
  fc.record({ type: fc.constant('bridge' as const), bridge: linkName }),
  fc
    .record({
      type: fc.constant('network' as const),
      network: fc.constantFrom('default', 'a b', "<&'"),
      portgroup: optional(fc.constant('dev')),
    })
    .map(defined),
  fc.record({
    type: fc.constant('direct' as const),
    device: linkName,
    mode: fc.constantFrom('vepa', 'bridge', 'private', 'passthrough'),
  }),
  fc.record({
    type: fc.constant('ethernet' as const),
    hostAddresses: fc.array(address, { maxLength: 2 }),
    hostRoutes: fc.array(route, { maxLength: 2 }),
  }),
);

const one: fc.Arbitrary<InterfaceDefinition> = fc
  .record({
    kind: kinds,
    common: fc
      .record({
        mac,
        targetDevice: optional(linkName),
        guestDevice: optional(linkName),
        mtu: optional(fc.integer({ min: 68, max: 65535 })),
        linkState: optional(fc.constantFrom('up' as const, 'down' as const)),
        model: optional(fc.constantFrom('virtio', 'e1000-82540em')),
        addresses: fc.array(address, { maxLength: 3 }),
        routes: fc.array(route, { maxLength: 3 }),
        bandwidth: optional(bandwidth),
        vlan: optional(vlan),
        isolated: optional(fc.constant(false)),
        position: fc.constant(position),
      })
      .map(defined),
  })
  .chain(({ kind, common }) => {
    const whole = fc.constant({ ...common, ...kind });
    // One that is no port of a bridge has no filter.
    if (kind.type !== 'bridge' && kind.type !== 'network') return whole;
    const port = kind.type === 'bridge' ? optional(virtualPort) : fc.constant(undefined);
    return fc
      .record({ filter: optional(filter), virtualPort: port })
      .map((parts) => defined({ ...common, ...kind, ...parts }));
  });

/** No two of which want the same. */
export const interfaces = fc.uniqueArray(one, {
  maxLength: 3,
  comparator: (a, b) =>
    a.mac === b.mac ||
    (a.targetDevice !== undefined && a.targetDevice === b.targetDevice) ||
    (a.guestDevice !== undefined && a.guestDevice === b.guestDevice),
});

export const hostInterfaces: fc.Arbitrary<HostInterfaceDefinition[]> = fc.uniqueArray(
  fc.record({
    // Longer than the names of the others.
    device: fc.integer({ min: 0, max: 9 }).map((number) => `lent-by-host-${number}`),
    addresses: fc.array(address, { maxLength: 2 }),
    routes: fc.array(route, { maxLength: 2 }),
    position: fc.constant(position),
  }),
  { maxLength: 2, selector: ({ device }) => device },
);
