/** Network interfaces, in network namespaces of the tests' own. */
import { execFileSync } from 'node:child_process';
import { native } from '../../lib/host/native';
import type { Link } from '../../lib/host/native';
import { rejectionOf } from './failure';
import { NetworkNamespaces } from './network-namespaces';
import { Scratch } from './scratch';
import { hostHas } from '../support/world/host-side';
import { eventually } from '../support/time/eventually';

const scratch = new Scratch();
let namespaces: NetworkNamespaces;
let here = -1;
let there = -1;

beforeAll(() => {
  namespaces = new NetworkNamespaces();
  ({ here, there } = namespaces);
});

afterAll(async () => {
  await namespaces.dispose();
  await scratch.dispose();
});

const shown = (namespace: 'here' | 'there', name: string): unknown =>
  namespaces.shown(namespace, name);
const find = (name: string, namespace = here): Promise<Link | undefined> =>
  namespaces.find(name, namespace);

describe('createLink', () => {
  test('a pair has its peer in the other namespace from the start', async () => {
    await native().createLink(
      {
        kind: 'veth',
        name: 'pair0',
        address: '52:54:00:00:00:01',
        peer: 'eth0',
        peerAddress: '52:54:00:00:00:02',
        peerNamespace: there,
      },
      here,
    );
    expect(shown('here', 'pair0')).toMatchObject({ address: '52:54:00:00:00:01' });
    expect(shown('there', 'eth0')).toMatchObject({ address: '52:54:00:00:00:02' });
    expect(await find('eth0')).toBeUndefined();
    await native().deleteLink('pair0', here);
    expect(await find('eth0', there)).toBeUndefined();
  });

  test('a pair may stay in one namespace', async () => {
    const request = { kind: 'veth', name: 'one', peer: 'two', peerNamespace: -1 } as const;
    await native().createLink(request, here);
    expect([(await find('one'))?.kind, (await find('two'))?.kind]).toEqual(['veth', 'veth']);
    await native().deleteLink('two', here);
  });

  test('both ends of a pair have the MTU', async () => {
    const request = { kind: 'veth', name: 'one', peer: 'two', peerNamespace: there } as const;
    await native().createLink({ ...request, mtu: 1400 }, here);
    expect([(await find('one'))?.mtu, (await find('two', there))?.mtu]).toEqual([1400, 1400]);
    await native().deleteLink('one', here);
  });

  test('a bridge has its MTU, spanning tree and delay', async () => {
    const request = { kind: 'bridge', name: 'br0' } as const;
    await native().createLink({ ...request, mtu: 1400, stp: true, forwardDelay: 200 }, here);
    expect(shown('here', 'br0')).toMatchObject({
      mtu: 1400,
      linkinfo: { info_data: { stp_state: 1, forward_delay: 200 } },
    });
    await native().deleteLink('br0', here);
    await native().createLink({ ...request, stp: false, forwardDelay: 0 }, here);
    expect(shown('here', 'br0')).toMatchObject({
      mtu: 1500,
      linkinfo: { info_data: { stp_state: 0, forward_delay: 0 } },
    });
    await native().deleteLink('br0', here);
  });

  test('a bridge learns as many addresses as it is given, where the kernel has that limit', async () => {
    const request = { kind: 'bridge', name: 'br0' } as const;
    await native().createLink({ ...request, learnedAddresses: 1000 }, here);
    const { linkinfo } = shown('here', 'br0') as {
      linkinfo: { info_data: { fdb_max_learned?: number } };
    };
    const { info_data } = linkinfo;
    if (hostHas('a limit of learned addresses', () => 'fdb_max_learned' in info_data)) {
      expect(info_data.fdb_max_learned).toBe(1000);
    }
    await native().deleteLink('br0', here);
  });

  test('a bridge has the address that it is given', async () => {
    const request = { kind: 'bridge', name: 'br0', address: '52:54:00:00:00:0a' } as const;
    await native().createLink(request, here);
    expect(await find('br0')).toMatchObject({ kind: 'bridge', address: '52:54:00:00:00:0a' });
    await native().deleteLink('br0', here);
  });

  test.each(['private', 'vepa', 'bridge', 'passthru'] as const)(
    'a macvlan has the mode %s',
    async (mode) => {
      await native().createLink({ kind: 'bridge', name: 'lower' }, here);
      const request = { kind: 'macvlan', name: 'mac0', lower: 'lower', mode, mtu: 1300 } as const;
      await native().createLink(request, here);
      expect(shown('here', 'mac0')).toMatchObject({
        link: 'lower',
        mtu: 1300,
        linkinfo: { info_kind: 'macvlan', info_data: { mode } },
      });
      await native().deleteLink('lower', here);
    },
  );

  test('a name that is taken is EEXIST', async () => {
    const request = { kind: 'bridge', name: 'lo' } as const;
    expect(await rejectionOf(native().createLink(request, here))).toEqual({
      errno: 'EEXIST',
      syscall: 'RTM_NEWLINK',
      path: 'lo',
    });
  });

  test('a lower interface that is missing is ENODEV', async () => {
    const request = { kind: 'macvlan', name: 'mac0', lower: 'none', mode: 'vepa' } as const;
    expect(await rejectionOf(native().createLink(request, here))).toEqual({
      errno: 'ENODEV',
      syscall: 'SIOCGIFINDEX',
      path: 'none',
    });
  });

  test('a name that is too long is refused, with the words of the kernel', async () => {
    const request = { kind: 'bridge', name: 'x'.repeat(16) } as const;
    const failure = await rejectionOf(native().createLink(request, here));
    expect(failure).toMatchObject({ errno: 'ERANGE', syscall: 'RTM_NEWLINK' });
    expect(failure.path).toMatch(/^x{16}: \w/);
  });
});

describe('changeLink', () => {
  beforeEach(async () => {
    await native().createLink({ kind: 'bridge', name: 'br0' }, here);
    const pair = { kind: 'veth', name: 'v0', peer: 'v1', peerNamespace: -1 } as const;
    await native().createLink(pair, here);
  });

  afterEach(() => namespaces.empty());

  test('everything is changed at once', async () => {
    await native().changeLink(
      'v0',
      { state: 'up', address: '52:54:00:00:00:03', mtu: 1400, master: 'br0', name: 'port' },
      here,
    );
    expect(await find('port')).toMatchObject({
      up: true,
      address: '52:54:00:00:00:03',
      mtu: 1400,
      master: (await find('br0'))?.index,
    });
    await native().changeLink('port', { state: 'down', master: '', name: 'v0' }, here);
    expect(await find('v0')).toMatchObject({ up: false, master: 0 });
  });

  test('an interface moves to another namespace under another name, up', async () => {
    await native().changeLink('v1', { state: 'up', name: 'eth9', namespace: there }, here);
    expect(await find('v1')).toBeUndefined();
    expect(await find('eth9')).toBeUndefined();
    expect(await find('eth9', there)).toMatchObject({ kind: 'veth', up: true });
  });

  test('no change is no error', async () => {
    const before = await find('v0');
    await native().changeLink('v0', {}, here);
    expect(await find('v0')).toEqual(before);
  });

  test('a missing interface is ENODEV', async () => {
    expect(await rejectionOf(native().changeLink('none', { state: 'up' }, here))).toEqual({
      errno: 'ENODEV',
      syscall: 'SIOCGIFINDEX',
      path: 'none',
    });
  });

  test('a master that is no bridge is EOPNOTSUPP', async () => {
    expect(await rejectionOf(native().changeLink('v0', { master: 'v1' }, here))).toMatchObject({
      errno: 'ENOTSUP',
      syscall: 'RTM_SETLINK',
    });
  });

  test('a name that is taken is EEXIST', async () => {
    expect(await rejectionOf(native().changeLink('v0', { name: 'v1' }, here))).toEqual({
      errno: 'EEXIST',
      syscall: 'RTM_SETLINK',
      path: 'v0',
    });
  });
});

describe('deleteLink', () => {
  test('a deleted interface is gone', async () => {
    await native().createLink({ kind: 'bridge', name: 'gone' }, here);
    await native().deleteLink('gone', here);
    expect(await find('gone')).toBeUndefined();
  });

  test('a missing interface is ENODEV', async () => {
    expect(await rejectionOf(native().deleteLink('none', here))).toEqual({
      errno: 'ENODEV',
      syscall: 'RTM_DELLINK',
      path: 'none',
    });
  });

  test('the loopback interface stays: EOPNOTSUPP', async () => {
    expect(await rejectionOf(native().deleteLink('lo', here))).toMatchObject({
      errno: 'ENOTSUP',
      syscall: 'RTM_DELLINK',
    });
  });
});

describe('removeLinkName', () => {
  test('its name can be used again at once, and the other end of a pair has gone', async () => {
    for (const index of [1, 2, 3]) {
      const request = { kind: 'veth', name: 'once', peer: `end${index}` } as const;
      await native().createLink({ ...request, peerNamespace: there }, here);
      await native().removeLinkName('once', here);
      expect(await find('once')).toBeUndefined();
      expect(await find(`end${index}`, there)).toBeUndefined();
    }
  });

  test('a missing interface is ENODEV', async () => {
    expect(await rejectionOf(native().removeLinkName('none', here))).toMatchObject({
      errno: 'ENODEV',
      path: 'none',
    });
  });

  test('the loopback interface stays: EOPNOTSUPP', async () => {
    expect(await rejectionOf(native().removeLinkName('lo', here))).toMatchObject({
      errno: 'ENOTSUP',
      syscall: 'RTM_DELLINK',
    });
  });
});

describe('listLinks', () => {
  test('alternative names are told, and can be taken away', async () => {
    for (const name of ['first', 'second']) {
      namespaces.run('here', 'ip', 'link', 'property', 'add', 'dev', 'lo', 'altname', name);
    }
    expect((await find('lo'))?.alternativeNames).toEqual(['first', 'second']);
    await native().changeLink('lo', { droppedNames: ['first', 'second'] }, here);
    expect((await find('lo'))?.alternativeNames).toEqual([]);
    const dropped = native().changeLink('lo', { droppedNames: ['first'] }, here);
    expect(await rejectionOf(dropped)).toMatchObject({ syscall: 'RTM_DELLINKPROP' });
  });

  test('a new namespace has a loopback interface that is down', async () => {
    expect(await native().listLinks(there)).toEqual([
      {
        index: 1,
        name: 'lo',
        kind: '',
        address: '00:00:00:00:00:00',
        mtu: 65536,
        master: 0,
        parent: 0,
        up: false,
        vlanFiltering: false,
        alternativeNames: [],
        carrier: false,
        statistics: {
          rxBytes: 0n,
          rxPackets: 0n,
          rxErrors: 0n,
          rxDropped: 0n,
          txBytes: 0n,
          txPackets: 0n,
          txErrors: 0n,
          txDropped: 0n,
        },
      },
    ]);
  });

  test('frames can pass once both ends of a pair are up, and each knows the other', async () => {
    const request = { kind: 'veth', name: 'near', peer: 'far', peerNamespace: there } as const;
    await native().createLink(request, here);
    await native().changeLink('near', { state: 'up' }, here);
    expect(await find('near')).toMatchObject({ up: true, carrier: false });
    await native().changeLink('far', { state: 'up' }, there);
    const [near, far] = [await namespaces.link('near'), await namespaces.link('far', there)];
    expect([near.carrier, far.carrier]).toEqual([true, true]);
    expect([near.parent, far.parent]).toEqual([far.index, near.index]);
    await native().deleteLink('near', here);
  });

  test('a macvlan knows the device below', async () => {
    await native().createLink({ kind: 'bridge', name: 'lower' }, here);
    const request = { kind: 'macvlan', name: 'mac0', lower: 'lower', mode: 'vepa' } as const;
    await native().createLink(request, here);
    expect((await namespaces.link('mac0')).parent).toBe((await namespaces.link('lower')).index);
    await native().deleteLink('lower', here);
  });

  test('what one end of a pair sends, the other receives', async () => {
    const request = { kind: 'veth', name: 'near', peer: 'far', peerNamespace: there } as const;
    await native().createLink(request, here);
    for (const [name, namespace] of [['near', here] as const, ['far', there] as const]) {
      await native().changeLink(name, { state: 'up' }, namespace);
    }
    const subnet = { prefix: 24, peer: '', broadcast: '' };
    await native().addAddress('near', { address: '192.0.2.1', ...subnet }, here);
    await native().addAddress('far', { address: '192.0.2.2', ...subnet }, there);
    namespaces.ping('192.0.2.2', '-c', '3', '-i', '0.01', '-s', '1000');
    // IPv6 says something of its own now and then, which may come between two looks.
    const near = await eventually(async () => {
      const [one, other] = [await namespaces.link('near'), await namespaces.link('far', there)];
      const [{ statistics: seen }, { statistics: far }] = [one, other];
      expect([far.rxBytes, far.rxPackets]).toEqual([seen.txBytes, seen.txPackets]);
      expect([seen.rxBytes, seen.rxPackets]).toEqual([far.txBytes, far.txPackets]);
      return seen;
    });
    expect(near.txBytes).toBeGreaterThan(3000n);
    expect(near.txPackets).toBeGreaterThanOrEqual(3n);
    const { stats64 } = namespaces.ip('here', '-s', 'link', 'show', 'near')[0] as {
      stats64: { tx: { bytes: number } };
    };
    expect(BigInt(stats64.tx.bytes)).toBeGreaterThanOrEqual(near.txBytes);
    await native().deleteLink('near', here);
  });

  test('without a namespace it is this one, and the thread pool never leaves it', async () => {
    const own = async (): Promise<string[]> => (await native().listLinks()).map(({ name }) => name);
    const before = await own();
    await Promise.all(Array.from({ length: 20 }, () => native().listLinks(there)));
    const after = await Promise.all(Array.from({ length: 8 }, own));
    expect(after).toEqual(Array.from({ length: 8 }, () => before));
    const listed = execFileSync('ls', ['/sys/class/net'], { encoding: 'utf8' });
    for (const name of before) expect(listed).toContain(name);
  });

  test('a list longer than one buffer is whole', async () => {
    const all = Array.from({ length: 120 }, (_, index) => `many${index}`);
    for (const name of all) await native().createLink({ kind: 'bridge', name }, there);
    const found = (await native().listLinks(there)).map(({ name }) => name);
    expect(found).toEqual(['lo', ...all]);
    for (const name of all) await native().deleteLink(name, there);
    // The kernel takes its time for each of them, more when others have interfaces to remove.
  }, 120_000);

  test('what is no namespace is EINVAL', async () => {
    expect(await rejectionOf(native().listLinks(scratch.open('/dev/null')))).toEqual({
      errno: 'EINVAL',
      syscall: 'setns',
      path: 'network namespace',
    });
  });
});
