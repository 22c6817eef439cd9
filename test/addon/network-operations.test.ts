/** The operations on network interfaces, run by the interpreter within one namespace. */
import { native } from '../../lib/host/native';
import { encodeOperations } from '../../lib/plan/encode';
import type { Operation } from '../../lib/plan/operation';
import { rejectionOf } from './failure';
import { NetworkNamespaces } from './network-namespaces';

let namespaces: NetworkNamespaces;

beforeAll(() => {
  namespaces = new NetworkNamespaces();
});

beforeEach(async () => {
  const { here } = namespaces;
  await native().createLink({ kind: 'bridge', name: 'br0' }, here);
  await native().createLink({ kind: 'veth', name: 'v0', peer: 'v1', peerNamespace: -1 }, here);
});

afterEach(() => namespaces.empty());

afterAll(() => namespaces.dispose());

const run = (...operations: readonly Operation[]): Promise<void> =>
  native().runOperations(encodeOperations(operations), { join: [namespaces.here], unshare: 0 });

test('a port is joined, isolated, given an address and taken up', async () => {
  await run(
    { op: 'setLinkAddress', name: 'v0', address: 'fe:54:00:00:00:01' },
    { op: 'joinBridge', name: 'v0', bridge: 'br0' },
    { op: 'isolatePort', name: 'v0' },
    { op: 'setLinkUp', name: 'v0' },
  );
  expect(namespaces.shown('here', 'v0')).toMatchObject({
    address: 'fe:54:00:00:00:01',
    master: 'br0',
    linkinfo: { info_slave_data: { isolated: true } },
  });
  expect(await namespaces.link('v0')).toMatchObject({ up: true });
});

const parameter = {
  op: 'setLinkParameter',
  family: 'ipv6',
  name: 'v0',
  parameter: 'accept_ra',
  value: '0',
  missing: 'fail',
} as const;

test('a parameter of an interface is set in its namespace', async () => {
  await run(parameter);
  const path = '/proc/sys/net/ipv6/conf/v0/accept_ra';
  expect(namespaces.run('here', 'cat', path)).toBe('0\n');
  await run({ ...parameter, value: '2' });
  expect(namespaces.run('here', 'cat', path)).toBe('2\n');
});

test('a parameter that is missing is an error unless it may be', async () => {
  const none = { ...parameter, parameter: 'none' };
  expect(await rejectionOf(run(none))).toEqual({
    errno: 'ENOENT',
    syscall: 'open',
    path: '/proc/sys/net/ipv6/conf/v0/none',
  });
  await run({ ...none, missing: 'skip' }, { ...parameter, name: 'none', missing: 'skip' });
});

test.each([
  { name: '../conf/v0' },
  { name: '..' },
  { name: '' },
  { family: '../ipv6' },
  { parameter: '../v1/accept_ra' },
  { parameter: '.' },
])('no name of a parameter leads elsewhere: %j', async (wrong) => {
  const operation = { ...parameter, missing: 'skip', ...wrong } as const;
  expect(await rejectionOf(run(operation))).toMatchObject({ errno: 'EINVAL', syscall: 'open' });
});

test('a value that the kernel refuses is its error', async () => {
  expect(await rejectionOf(run({ ...parameter, value: 'x' }))).toEqual({
    errno: 'EINVAL',
    syscall: 'write',
    path: '/proc/sys/net/ipv6/conf/v0/accept_ra',
  });
});

test('addresses and routes', async () => {
  await run(
    { op: 'setLinkUp', name: 'v0' },
    { op: 'addAddress', name: 'v0', address: '192.0.2.1', prefix: 24, peer: '', broadcast: '' },
    { op: 'addRoute', name: 'v0', address: '203.0.113.0', prefix: 24, gateway: '', metric: 4 },
  );
  const { index } = await namespaces.link('v0');
  expect(await native().listAddresses(namespaces.here)).toContainEqual(
    expect.objectContaining({ index, address: '192.0.2.1', prefix: 24 }),
  );
  expect(await native().listRoutes(namespaces.here)).toContainEqual(
    expect.objectContaining({ index, address: '203.0.113.0', prefix: 24, metric: 4 }),
  );
});

test.each<Operation>([
  { op: 'joinBridge', name: 'none', bridge: 'br0' },
  { op: 'joinBridge', name: 'v0', bridge: 'none' },
  { op: 'isolatePort', name: 'none' },
  { op: 'setPortVlans', name: 'none', vlans: [] },
  { op: 'setLinkAddress', name: 'none', address: '52:54:00:00:00:01' },
  { op: 'addAddress', name: 'none', address: '192.0.2.1', prefix: 24, peer: '', broadcast: '' },
  { op: 'addRoute', name: 'none', address: '192.0.2.0', prefix: 24, gateway: '', metric: 0 },
  { op: 'setLinkUp', name: 'none' },
])('an interface that is missing is named: %j', async (operation) => {
  expect(await rejectionOf(run(operation))).toEqual({
    errno: 'ENODEV',
    syscall: 'SIOCGIFINDEX',
    path: 'none',
  });
});

test.each<Operation>([
  {
    op: 'makeVeth',
    name: 'v2',
    address: 'fe:54:00:00:00:01',
    peer: 'eth0',
    peerAddress: '52:54:00:00:00:01',
    mtu: 0,
  },
  { op: 'makeMacvlan', name: 'm0', address: '52:54:00:00:00:01', lower: 'v0', mode: 2, mtu: 0 },
  { op: 'moveLink', name: 'v0', guest: 'eth0' },
])('without an init nothing is put into its namespace: %j', async (operation) => {
  expect(await rejectionOf(run(operation))).toEqual({
    errno: 'EBADF',
    syscall: 'plan',
    path: "init's network namespace",
  });
  expect((await native().listLinks(namespaces.here)).map(({ name }) => name)).toEqual([
    'lo',
    'br0',
    'v1',
    'v0',
  ]);
});

test('what is no hardware address is refused', async () => {
  const operation = { op: 'setLinkAddress', name: 'v0', address: '52:54:00' } as const;
  expect(await rejectionOf(run(operation))).toEqual({
    errno: 'EINVAL',
    syscall: 'plan',
    path: '52:54:00',
  });
});
