/** Addresses, routes and neighbours of network interfaces, in network namespaces of the tests' own. */
import { native } from '../../lib/host/native';
import { eventually } from '../support/time/eventually';
import { rejectionOf } from './failure';
import { NetworkNamespaces } from './network-namespaces';
import { Scratch } from './scratch';

const scratch = new Scratch();
let namespaces: NetworkNamespaces;
let here = -1;
let there = -1;
let index = 0;

beforeAll(() => {
  namespaces = new NetworkNamespaces();
  ({ here, there } = namespaces);
});

beforeEach(async () => {
  const request = { kind: 'veth', name: 'near', peer: 'far', peerNamespace: there } as const;
  await native().createLink(request, here);
  await native().changeLink('near', { state: 'up' }, here);
  await native().changeLink('far', { state: 'up' }, there);
  ({ index } = await namespaces.link('near'));
});

afterEach(() => namespaces.empty());

afterAll(async () => {
  await namespaces.dispose();
  await scratch.dispose();
});

const plain = { peer: '', broadcast: '' };
const v4 = { address: '192.0.2.1', prefix: 24, ...plain };
const v6 = { address: '2001:db8::1', prefix: 64, ...plain };

/** Addresses of the interface but for those that the kernel gives it. */
async function addresses(): Promise<unknown[]> {
  const all = await native().listAddresses(here);
  return all.filter((address) => address.index === index && address.scope !== 'link');
}

describe('addAddress', () => {
  test('IPv4, with a broadcast address or without', async () => {
    await native().addAddress('near', v4, here);
    const other = { ...v4, address: '198.51.100.1', broadcast: '198.51.100.255' };
    await native().addAddress('near', other, here);
    const [{ addr_info: shown } = {}] = namespaces.ip('here', '-4', 'address', 'show', 'near');
    expect(shown).toMatchObject([
      { local: '192.0.2.1', prefixlen: 24, scope: 'global' },
      { local: '198.51.100.1', prefixlen: 24, broadcast: '198.51.100.255' },
    ]);
    expect((shown as object[])[0]).not.toHaveProperty('broadcast');
  });

  test('an IPv6 address can be used at once', async () => {
    await native().addAddress('near', v6, here);
    const [{ addr_info: shown } = {}] = namespaces.ip('here', '-6', 'address', 'show', 'near');
    const [first] = (shown as object[]).filter((one) => 'local' in one && one.local === v6.address);
    expect(first).toMatchObject({ prefixlen: 64, nodad: true });
    expect(first).not.toHaveProperty('tentative');
  });

  test('a point-to-point link has a peer', async () => {
    await native().addAddress('near', { ...v4, prefix: 32, peer: '192.0.2.9' }, here);
    await native().addAddress('near', { ...v6, prefix: 128, peer: '2001:db8::9' }, here);
    expect(await addresses()).toMatchObject([
      { address: '192.0.2.1', prefix: 32, peer: '192.0.2.9' },
      { address: '2001:db8::1', prefix: 128, peer: '2001:db8::9' },
    ]);
  });

  test.each([v4, v6])('an address that it has is EEXIST: $address', async (address) => {
    await native().addAddress('near', address, here);
    const failure = await rejectionOf(native().addAddress('near', address, here));
    expect(failure).toMatchObject({ errno: 'EEXIST', syscall: 'RTM_NEWADDR' });
    expect(failure.path).toMatch(new RegExp(`^near ${address.address}(: .+)?$`));
  });

  test('a missing interface is ENODEV', async () => {
    expect(await rejectionOf(native().addAddress('none', v4, here))).toEqual({
      errno: 'ENODEV',
      syscall: 'SIOCGIFINDEX',
      path: 'none',
    });
  });

  test.each(['192.0.2', '192.0.2.1/24', 'fe80::1%near', ''])('%j is EINVAL', async (address) => {
    expect(await rejectionOf(native().addAddress('near', { ...v4, address }, here))).toMatchObject({
      errno: 'EINVAL',
      syscall: 'RTM_NEWADDR',
    });
  });

  test('a prefix that is too long is EINVAL, and so is a peer of another family', async () => {
    for (const wrong of [{ prefix: 33 }, { peer: '2001:db8::2' }, { broadcast: '::1' }]) {
      expect(
        await rejectionOf(native().addAddress('near', { ...v4, ...wrong }, here)),
      ).toMatchObject({ errno: 'EINVAL', syscall: 'RTM_NEWADDR' });
    }
    expect(await addresses()).toEqual([]);
  });
});

describe('listAddresses', () => {
  test('of every interface and family', async () => {
    await native().addAddress('near', v4, here);
    await native().addAddress('near', v6, here);
    await native().changeLink('lo', { state: 'up' }, here);
    const common = { peer: '', tentative: false };
    const loopback = { ...common, index: 1, scope: 'host' };
    const near = { ...common, index, scope: 'global' };
    const all = await native().listAddresses(here);
    expect(all.filter(({ scope }) => scope !== 'link')).toEqual([
      { ...loopback, family: 'ipv4', address: '127.0.0.1', prefix: 8 },
      { ...near, family: 'ipv4', address: '192.0.2.1', prefix: 24 },
      { ...loopback, family: 'ipv6', address: '::1', prefix: 128 },
      { ...near, family: 'ipv6', address: '2001:db8::1', prefix: 64 },
    ]);
    await native().changeLink('lo', { state: 'down' }, here);
  });

  test('an address that is still checked for duplicates is tentative', async () => {
    // One question takes a second, which may have passed before this process looks.
    const questions = '/proc/sys/net/ipv6/conf/near/dad_transmits';
    namespaces.run('here', 'sh', '-c', `echo 60 > ${questions}`);
    namespaces.run('here', 'ip', 'address', 'add', '2001:db8::5/64', 'dev', 'near');
    const found = await addresses();
    expect(found).toMatchObject([{ address: '2001:db8::5', tentative: true }]);
    // The kernel gives it one of its own once it has noticed the carrier.
    await eventually(async () => {
      const all = await native().listAddresses(here);
      expect(all.find(({ scope }) => scope === 'link')).toMatchObject({
        family: 'ipv6',
        prefix: 64,
        address: expect.stringMatching(/^fe80::/) as string,
      });
    });
  });

  test('what is no namespace is EINVAL', async () => {
    expect(await rejectionOf(native().listAddresses(scratch.open('/dev/null')))).toEqual({
      errno: 'EINVAL',
      syscall: 'setns',
      path: 'network namespace',
    });
  });
});

const toNet = { address: '203.0.113.0', prefix: 24, gateway: '', metric: 0 };

describe('addRoute', () => {
  beforeEach(async () => {
    await native().addAddress('near', v4, here);
    await native().addAddress('near', v6, here);
  });

  test('by the interface alone, by a gateway, and the default one', async () => {
    await native().addRoute('near', { ...toNet, metric: 7 }, here);
    const byGateway = { address: '198.51.100.0', prefix: 24, gateway: '192.0.2.254', metric: 0 };
    await native().addRoute('near', byGateway, here);
    const byDefault = { address: '0.0.0.0', prefix: 0, gateway: '192.0.2.254', metric: 0 };
    await native().addRoute('near', byDefault, here);
    expect(namespaces.ip('here', '-4', 'route', 'show', 'proto', 'boot')).toMatchObject([
      { dst: 'default', gateway: '192.0.2.254', dev: 'near', scope: 'global' },
      { dst: '198.51.100.0/24', gateway: '192.0.2.254', dev: 'near' },
      { dst: '203.0.113.0/24', dev: 'near', metric: 7, scope: 'link' },
    ]);
  });

  test('of IPv6', async () => {
    const byGateway = { address: '2001:db8:1::', prefix: 48, gateway: '2001:db8::fe', metric: 5 };
    await native().addRoute('near', byGateway, here);
    const byDefault = { address: '::', prefix: 0, gateway: '2001:db8::fe', metric: 0 };
    await native().addRoute('near', byDefault, here);
    expect(namespaces.ip('here', '-6', 'route', 'show', 'proto', 'boot')).toMatchObject([
      { dst: '2001:db8:1::/48', gateway: '2001:db8::fe', dev: 'near', metric: 5 },
      { dst: 'default', gateway: '2001:db8::fe', dev: 'near' },
    ]);
  });

  test('a route that is there is EEXIST', async () => {
    await native().addRoute('near', toNet, here);
    const failure = await rejectionOf(native().addRoute('near', toNet, here));
    expect(failure).toMatchObject({ errno: 'EEXIST', syscall: 'RTM_NEWROUTE' });
    expect(failure.path).toMatch(/^near 203\.0\.113\.0\/24/);
  });

  test('a gateway out of reach is ENETUNREACH, with the words of the kernel', async () => {
    const route = { ...toNet, gateway: '10.9.8.7' };
    expect(await rejectionOf(native().addRoute('near', route, here))).toEqual({
      errno: 'ENETUNREACH',
      syscall: 'RTM_NEWROUTE',
      path: 'near 203.0.113.0/24 by 10.9.8.7: Nexthop has invalid gateway',
    });
  });

  test('an interface that is down is ENETDOWN', async () => {
    await native().changeLink('near', { state: 'down' }, here);
    expect(await rejectionOf(native().addRoute('near', toNet, here))).toMatchObject({
      errno: 'ENETDOWN',
      syscall: 'RTM_NEWROUTE',
    });
  });

  test('a missing interface is ENODEV', async () => {
    expect(await rejectionOf(native().addRoute('none', toNet, here))).toEqual({
      errno: 'ENODEV',
      syscall: 'SIOCGIFINDEX',
      path: 'none',
    });
  });

  test.each([
    { address: '203.0.113' },
    { address: '203.0.113.7' },
    { prefix: 33 },
    { gateway: '2001:db8::fe' },
    { gateway: 'here' },
  ])('%j is EINVAL', async (wrong) => {
    expect(
      await rejectionOf(native().addRoute('near', { ...toNet, ...wrong }, here)),
    ).toMatchObject({
      errno: 'EINVAL',
      syscall: 'RTM_NEWROUTE',
    });
  });
});

describe('listRoutes', () => {
  test('the main table, not the local one', async () => {
    await native().addAddress('near', v4, here);
    await native().addAddress('near', v6, here);
    await native().addRoute('near', { ...toNet, gateway: '192.0.2.254', metric: 3 }, here);
    const words = ['blackhole', '198.51.100.0/24'];
    namespaces.run('here', 'ip', 'route', 'add', ...words);
    const routes = await native().listRoutes(here);
    expect(routes.filter(({ address }) => !address.startsWith('fe80'))).toEqual([
      { index, family: 'ipv4', address: '192.0.2.0', prefix: 24, gateway: '', metric: 0 },
      {
        index,
        family: 'ipv4',
        address: '203.0.113.0',
        prefix: 24,
        gateway: '192.0.2.254',
        metric: 3,
      },
      { index, family: 'ipv6', address: '2001:db8::', prefix: 64, gateway: '', metric: 256 },
    ]);
    namespaces.run('here', 'ip', 'route', 'del', ...words);
  });

  test('a default route has the unspecified address', async () => {
    await native().addAddress('near', v4, here);
    namespaces.run('here', 'ip', 'route', 'add', 'default', 'via', '192.0.2.254');
    expect(await native().listRoutes(here)).toContainEqual({
      index,
      family: 'ipv4',
      address: '0.0.0.0',
      prefix: 0,
      gateway: '192.0.2.254',
      metric: 0,
    });
  });

  test('a gateway of the other family is shown', async () => {
    await native().addAddress('near', v6, here);
    const words = ['203.0.113.0/24', 'via', 'inet6', '2001:db8::fe', 'dev', 'near'];
    namespaces.run('here', 'ip', 'route', 'add', ...words);
    const [route] = (await native().listRoutes(here)).filter(({ family }) => family === 'ipv4');
    expect(route).toMatchObject({ address: '203.0.113.0', gateway: '2001:db8::fe' });
  });

  test('what is no namespace is EINVAL', async () => {
    expect(await rejectionOf(native().listRoutes(scratch.open('/dev/null')))).toMatchObject({
      errno: 'EINVAL',
      syscall: 'setns',
    });
  });
});

describe('listNeighbours', () => {
  test('who has answered, who did not, and who was told of', async () => {
    await native().addAddress('near', v4, here);
    await native().addAddress('near', v6, here);
    await native().addAddress('far', { ...v4, address: '192.0.2.2' }, there);
    await native().addAddress('far', { ...v6, address: '2001:db8::2' }, there);
    namespaces.ping('192.0.2.2', '-c', '1');
    namespaces.ping('2001:db8::2', '-c', '1');
    const told = ['192.0.2.9', 'lladdr', '52:54:00:00:00:09', 'dev', 'near'];
    namespaces.run('here', 'ip', 'neighbour', 'add', ...told);
    const mac = (await namespaces.link('far', there)).address;
    const found = await native().listNeighbours(here);
    expect(found.filter(({ address }) => !/^(fe80|ff)/.test(address))).toEqual(
      expect.arrayContaining([
        { index, address: '192.0.2.2', mac, state: 'reachable' },
        { index, address: '2001:db8::2', mac, state: 'reachable' },
        { index, address: '192.0.2.9', mac: '52:54:00:00:00:09', state: 'permanent' },
      ]),
    );
  });

  test('one that no host has answered for has no hardware address', async () => {
    await native().addAddress('near', v4, here);
    expect(() => namespaces.ping('192.0.2.77', '-c', '1')).toThrow('192.0.2.77');
    const found = await native().listNeighbours(here);
    const [missing] = found.filter(({ address }) => address === '192.0.2.77');
    expect(missing).toMatchObject({ index, mac: '' });
    expect(['incomplete', 'failed']).toContain(missing?.state);
  });

  test('what is no namespace is EINVAL', async () => {
    expect(await rejectionOf(native().listNeighbours(scratch.open('/dev/null')))).toMatchObject({
      errno: 'EINVAL',
      syscall: 'setns',
    });
  });
});
