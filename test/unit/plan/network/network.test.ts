/** Which steps make each kind of interface, in which order, by whom. */
import type { Vlan } from '../../../../lib/domain/interface/definition';
import type { Link, MacvlanLink, VethLink } from '../../../../lib/plan/network/links';
import { keepsNetwork, planLinks, planLinksInside } from '../../../../lib/plan/network/network';
import type { Operation } from '../../../../lib/plan/operation';

const position = { line: 7, column: 3 };
const common = {
  state: 'up',
  addresses: [],
  routes: [],
  place: { path: 'domain/devices/interface', position },
} as const;

const veth: VethLink = {
  kind: 'veth',
  host: 'vnet1000',
  hostMac: 'fe:54:00:00:00:01',
  mac: '52:54:00:00:00:01',
  guest: 'eth0',
  bridge: 'br0',
  isolated: false,
  hostAddresses: [],
  hostRoutes: [],
  ...common,
};

const macvlan: MacvlanLink = {
  kind: 'macvlan',
  guest: 'eth0',
  lower: 'enp1s0',
  mode: 'vepa',
  mac: '52:54:00:00:00:02',
  ...common,
};

const lent: Link = { kind: 'moved', host: 'enp2s0', guest: 'enp2s0', ...common };

const free = { ...veth, host: 'free0' };
delete (free as { bridge?: string }).bridge;

const names = (operations: readonly Operation[]): string[] => operations.map(({ op }) => op);

const address = { family: 'ipv4', address: '10.1.2.3', prefix: 24, position } as const;
const defaultRoute = {
  family: 'ipv4',
  address: '0.0.0.0',
  prefix: 0,
  gateway: '10.1.2.1',
  position,
} as const;

test('a port of a bridge is one before it is up', () => {
  expect(planLinks([veth])).toEqual([
    {
      op: 'makeVeth',
      name: 'vnet1000',
      address: 'fe:54:00:00:00:01',
      peer: 'eth0',
      peerAddress: '52:54:00:00:00:01',
      mtu: 0,
    },
    { op: 'joinBridge', name: 'vnet1000', bridge: 'br0' },
    { op: 'setLinkUp', name: 'vnet1000' },
  ]);
});

test('isolation and VLANs of a port are there before a frame can pass', () => {
  const vlan: Vlan = { trunk: false, tags: [{ id: 42 }], position };
  expect(names(planLinks([{ ...veth, vlan, isolated: true, mtu: 9000 }]))).toEqual([
    'makeVeth',
    'joinBridge',
    'isolatePort',
    'setPortVlans',
    'setLinkUp',
  ]);
});

const own = 2 << 16;
const untagged = 4 << 16;

test.each<[string, Omit<Vlan, 'position'>, number[]]>([
  ['one tag is the port’s own', { trunk: false, tags: [{ id: 42 }] }, [42 | own | untagged]],
  ['a trunk is tagged', { trunk: true, tags: [{ id: 1 }, { id: 4094 }] }, [1, 4094]],
  [
    'a native VLAN of a trunk comes in untagged, and leaves as it says',
    {
      trunk: true,
      tags: [{ id: 5 }, { id: 6, nativeMode: 'untagged' }, { id: 7, nativeMode: 'tagged' }],
    },
    [5, 6 | own | untagged, 7 | own],
  ],
])('%s', (_, vlan, vlans) => {
  const operations = planLinks([{ ...veth, vlan: { ...vlan, position } }]);
  expect(operations).toContainEqual({ op: 'setPortVlans', name: 'vnet1000', vlans });
});

test('a free host side takes no router’s word, and has its addresses before and its routes after it is up', () => {
  const link = { ...free, hostAddresses: [address], hostRoutes: [defaultRoute] };
  expect(planLinks([link]).slice(1)).toEqual([
    {
      op: 'setLinkParameter',
      family: 'ipv6',
      name: 'free0',
      parameter: 'accept_ra',
      value: '0',
      missing: 'skip',
    },
    {
      op: 'addAddress',
      name: 'free0',
      address: '10.1.2.3',
      prefix: 24,
      peer: '',
      broadcast: '10.1.2.255',
    },
    { op: 'setLinkUp', name: 'free0' },
    {
      op: 'addRoute',
      name: 'free0',
      address: '0.0.0.0',
      prefix: 0,
      gateway: '10.1.2.1',
      metric: 1,
    },
  ]);
});

test.each([
  ['private', 1],
  ['vepa', 2],
  ['bridge', 4],
  ['passthrough', 8],
] as const)('a macvlan in mode %s is made inside with number %i', (mode, number) => {
  expect(planLinks([{ ...macvlan, mode }])).toEqual([
    {
      op: 'makeMacvlan',
      name: 'eth0',
      address: '52:54:00:00:00:02',
      lower: 'enp1s0',
      mode: number,
      mtu: 0,
    },
  ]);
});

test('passed through, it gives its address to the device below by itself', () => {
  const link = { ...macvlan, mode: 'passthrough' } as const;
  expect(names(planLinksInside([link]))).toEqual(['setLinkUp', 'setLinkAddress', 'setLinkUp']);
});

test('what the host lends is moved, and the network is kept to bring it back', () => {
  expect(planLinks([lent])).toEqual([{ op: 'moveLink', name: 'enp2s0', guest: 'enp2s0' }]);
  expect(keepsNetwork([veth, lent])).toBe(true);
  expect(keepsNetwork([veth, macvlan])).toBe(true);
  expect(keepsNetwork([veth, free])).toBe(false);
});

test('what the host lends is moved in before anything is made there that could have its index', () => {
  expect(names(planLinks([veth, macvlan, lent]))).toEqual([
    'moveLink',
    'makeVeth',
    'joinBridge',
    'setLinkUp',
    'makeMacvlan',
  ]);
});

test('inside, lo is first, and each interface is up with its addresses and routes, in order', () => {
  const addressed = { ...veth, addresses: [address], routes: [defaultRoute] };
  const operations = planLinksInside([addressed, { ...macvlan, guest: 'eth1' }, lent]);
  expect(operations).toEqual([
    { op: 'setLinkUp', name: 'lo' },
    {
      op: 'addAddress',
      name: 'eth0',
      address: '10.1.2.3',
      prefix: 24,
      peer: '',
      broadcast: '10.1.2.255',
    },
    { op: 'setLinkUp', name: 'eth0' },
    {
      op: 'addRoute',
      name: 'eth0',
      address: '0.0.0.0',
      prefix: 0,
      gateway: '10.1.2.1',
      metric: 1,
    },
    { op: 'setLinkUp', name: 'eth1' },
    { op: 'setLinkUp', name: 'enp2s0' },
  ]);
});

test('without an interface there is lo', () => {
  expect(planLinksInside([])).toEqual([{ op: 'setLinkUp', name: 'lo' }]);
});

test('a pair that starts unplugged has its side on the host down, and no routes there', () => {
  const down: VethLink = { ...veth, state: 'down', hostRoutes: [defaultRoute] };
  expect(names(planLinks([down]))).toEqual(['makeVeth', 'joinBridge']);
  expect(names(planLinks([{ ...down, state: 'up' }]))).toEqual([
    'makeVeth',
    'joinBridge',
    'setLinkUp',
    'addRoute',
  ]);
});

test('an interface that stays down has addresses, and no routes', () => {
  const down = { ...veth, state: 'down', addresses: [address], routes: [defaultRoute] } as const;
  expect(names(planLinksInside([down]))).toEqual(['setLinkUp', 'addAddress']);
});

test.each([
  [{ ...address, prefix: 31 }, ''],
  [{ ...address, prefix: 32, peer: '10.9.9.9' }, ''],
  [{ ...address, prefix: 24, peer: '10.9.9.9' }, ''],
  [{ family: 'ipv6', address: 'fd00::1', prefix: 64, position } as const, ''],
  [{ ...address, prefix: 30 }, '10.1.2.3'],
  [{ ...address, prefix: 8 }, '10.255.255.255'],
])('the broadcast address of %j is %j', (one, broadcast) => {
  expect(planLinksInside([{ ...veth, addresses: [one] }])[1]).toMatchObject({ broadcast });
});
