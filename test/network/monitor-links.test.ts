/**
 * What the monitor does with network interfaces, from the plan to the container's namespace: made there at once,
 * moved, kept in sight, and waited for the caller with.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { networkDescriptor } from '../../lib/container/monitor/messages';
import { native } from '../../lib/host/native';
import type { Link } from '../../lib/host/native';
import { namespaceFlags } from '../../lib/plan/constants';
import type { Operation } from '../../lib/plan/operation';
import { BareStart } from '../support/domain/bare-start';
import { eventually } from '../support/time/eventually';
import { descriptorsOf } from '../support/process/open-descriptors';

const ip = (...words: string[]): string => execFileSync('ip', words, { encoding: 'utf8' });

/** Interfaces of this namespace, by name. */
async function names(): Promise<string[]> {
  return (await native().listLinks()).map(({ name }) => name).sort();
}

/** Calls back with the network namespace of a process. */
async function within<T>(pid: number, look: (namespace: number) => Promise<T>): Promise<T> {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    return await look(namespace);
  } finally {
    closeSync(namespace);
  }
}

async function linksOf(pid: number): Promise<Link[]> {
  return within(pid, (namespace) => native().listLinks(namespace));
}

const veth: Operation = {
  op: 'makeVeth',
  name: 'vnet0',
  address: 'fe:54:00:00:00:01',
  peer: 'eth0',
  peerAddress: '52:54:00:00:00:01',
  mtu: 1400,
};

beforeAll(async () => {
  // In the host's own namespace nothing may be changed.
  expect(await names()).toEqual(['lo']);
  ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0');
  ip('link', 'set', 'br0', 'up');
});

afterEach(async () => {
  // The host's side of a pair goes when the kernel gets to the namespace of the other.
  await eventually(async () => expect(await names()).toEqual(['br0', 'lo']));
});

afterAll(() => {
  ip('link', 'del', 'br0');
});

test('a pair is made with its peer inside, joined to a bridge, and configured on both sides', async () => {
  await using start = await BareStart.begin({
    mapped: [
      veth,
      { op: 'joinBridge', name: 'vnet0', bridge: 'br0' },
      { op: 'isolatePort', name: 'vnet0' },
      {
        op: 'setLinkParameter',
        family: 'ipv6',
        name: 'vnet0',
        parameter: 'disable_ipv6',
        value: '1',
        missing: 'fail',
      },
      {
        op: 'addAddress',
        name: 'br0',
        address: '192.0.2.254',
        prefix: 24,
        peer: '',
        broadcast: '',
      },
      { op: 'setLinkUp', name: 'vnet0' },
    ],
    inside: [
      { op: 'setLinkUp', name: 'lo' },
      { op: 'setLinkUp', name: 'eth0' },
      {
        op: 'addAddress',
        name: 'eth0',
        address: '192.0.2.1',
        prefix: 24,
        peer: '',
        broadcast: '192.0.2.255',
      },
      {
        op: 'addAddress',
        name: 'eth0',
        address: '2001:db8::1',
        prefix: 64,
        peer: '',
        broadcast: '',
      },
      {
        op: 'addRoute',
        name: 'eth0',
        address: '0.0.0.0',
        prefix: 0,
        gateway: '192.0.2.254',
        metric: 9,
      },
    ],
  });
  const { init } = await start.expect('running');
  const links = await native().listLinks();
  const bridge = links.find(({ name }) => name === 'br0');
  const port = links.find(({ name }) => name === 'vnet0');
  expect(port).toMatchObject({
    kind: 'veth',
    address: 'fe:54:00:00:00:01',
    mtu: 1400,
    master: bridge?.index,
    up: true,
    carrier: true,
  });
  const [shown] = JSON.parse(ip('-json', '-details', 'link', 'show', 'vnet0')) as unknown[];
  expect(shown).toMatchObject({ linkinfo: { info_slave_data: { isolated: true } } });
  expect(readFileSync('/proc/sys/net/ipv6/conf/vnet0/disable_ipv6', 'utf8')).toBe('1\n');
  const inside = await linksOf(init);
  expect(inside).toMatchObject([
    { name: 'lo', up: true },
    { name: 'eth0', address: '52:54:00:00:00:01', mtu: 1400, up: true, carrier: true },
  ]);
  const index = inside[1]?.index;
  await within(init, async (namespace) => {
    const addresses = await native().listAddresses(namespace);
    expect(addresses.filter((one) => one.index === index && one.scope !== 'link')).toMatchObject([
      { address: '192.0.2.1', prefix: 24 },
      { address: '2001:db8::1', prefix: 64, tentative: false },
    ]);
    expect(await native().listRoutes(namespace)).toContainEqual({
      index,
      family: 'ipv4',
      address: '0.0.0.0',
      prefix: 0,
      gateway: '192.0.2.254',
      metric: 9,
    });
  });
  const ping = ['ping', '-c', '1', '-W', '2', '192.0.2.1'];
  await eventually(() => {
    expect(execFileSync('busybox', ping, { encoding: 'utf8' })).toContain('1 packets received');
  });
});

test('a container with a user namespace has its interfaces as well', async () => {
  const { mount, pid, net, user } = namespaceFlags;
  const map = '0 100000 65536\n';
  await using start = await BareStart.begin({
    mapped: [veth, { op: 'setLinkUp', name: 'vnet0' }],
    inside: [
      { op: 'setLinkUp', name: 'eth0' },
      { op: 'addAddress', name: 'eth0', address: '192.0.2.1', prefix: 24, peer: '', broadcast: '' },
    ],
    header: { namespaces: mount | pid | net | user, uidMap: map, gidMap: map, pause: 1 },
  });
  await start.expect('cloned');
  start.channel.send({ message: 'continue' });
  const { init } = await start.expect('running');
  expect(readFileSync(`/proc/${init}/uid_map`, 'utf8')).toMatch(/^ *0 +100000 +65536\n$/);
  expect(await linksOf(init)).toMatchObject([{ name: 'lo' }, { name: 'eth0', carrier: true }]);
});

test('a macvlan is made inside, also under a name that is taken outside', async () => {
  await using start = await BareStart.begin({
    mapped: ['br0', 'eth0'].map((name, index) => ({
      op: 'makeMacvlan',
      name,
      address: `52:54:00:00:00:0${index}`,
      lower: 'br0',
      mode: 2, // MACVLAN_MODE_VEPA
      mtu: 1300,
    })),
  });
  const { init } = await start.expect('running');
  const bridge = (await native().listLinks()).find(({ name }) => name === 'br0');
  expect(await linksOf(init)).toMatchObject([
    { name: 'lo' },
    {
      name: 'br0',
      kind: 'macvlan',
      address: '52:54:00:00:00:00',
      mtu: 1300,
      parent: bridge?.index,
    },
    { name: 'eth0', kind: 'macvlan', address: '52:54:00:00:00:01', mtu: 1300 },
  ]);
});

describe('an interface of the host', () => {
  const move: Operation = { op: 'moveLink', name: 'lent', guest: 'eth0' };

  beforeEach(() => {
    ip('link', 'add', 'lent', 'address', '52:54:00:00:00:09', 'type', 'veth', 'peer', 'other');
    ip('link', 'set', 'lent', 'up');
  });

  /** Takes it back through what `pid` has of the container's network namespace. */
  async function takeBack(pid: number): Promise<void> {
    const theirs = openSync(`/proc/${pid}/fd/${networkDescriptor}`, 'r');
    const own = openSync('/proc/self/ns/net', 'r');
    await native().changeLink('eth0', { name: 'lent', namespace: own }, theirs);
    closeSync(own);
    closeSync(theirs);
  }

  async function giveUp(): Promise<void> {
    expect(await names()).toEqual(['br0', 'lent', 'lo', 'other']);
    const lent = (await native().listLinks()).find(({ name }) => name === 'lent');
    expect(lent).toMatchObject({ address: '52:54:00:00:00:09' });
    ip('link', 'del', 'lent');
  }

  test('is moved under its new name, and comes back when init has ended', async () => {
    await using start = await BareStart.begin({
      mapped: [move],
      inside: [{ op: 'setLinkUp', name: 'eth0' }],
      header: { keepNetwork: 1 },
    });
    const { init } = await start.expect('running');
    expect(await names()).toEqual(['br0', 'lo', 'other']);
    expect(await linksOf(init)).toMatchObject([{ name: 'lo' }, { name: 'eth0', up: true }]);
    start.channel.send({ message: 'own' });
    process.kill(init, 'SIGKILL');
    await start.expect('exited');
    await takeBack(await start.monitor());
    await giveUp();
  });

  test('can be had back from the monitor, which alone has the descriptor', async () => {
    await using start = await BareStart.begin({ mapped: [move], header: { keepNetwork: 1 } });
    const { init } = await start.expect('running');
    const monitor = await start.monitor();
    const target = readlinkSync(`/proc/${init}/ns/net`);
    // It closes the others once it has said that init runs.
    await eventually(() => {
      const kept = descriptorsOf(monitor).filter((one) => one.target.startsWith('net:'));
      expect(kept).toEqual([{ number: networkDescriptor, target, closesOnExec: false }]);
    });
    const ofInit = descriptorsOf(init).map(({ number }) => number);
    expect(ofInit).toEqual([0, 1, 2]);
    await takeBack(await start.monitor());
    await giveUp();
  });

  test('is still there for the reap program when no other process cleans up', async () => {
    const start = await BareStart.begin({ mapped: [move], header: { keepNetwork: 1 } });
    await using _ = start;
    const { init } = await start.expect('running');
    const target = readlinkSync(`/proc/${init}/ns/net`);
    process.kill(init, 'SIGKILL');
    await start.expect('exited');
    start.channel.close();
    await eventually(() => expect(readFileSync(start.at('reaped'), 'utf8')).toContain(target));
    await start.ended();
    // This program lets it go: a veth goes with the namespace.
    await eventually(async () => expect(await names()).toEqual(['br0', 'lo']));
  });

  const failing: readonly Operation[] = [move, { op: 'setLinkUp', name: 'none' }];

  test('outlives a start that fails, until the caller has taken it back', async () => {
    const start = await BareStart.begin({ mapped: failing, header: { keepNetwork: 1 } });
    await using _ = start;
    expect(await start.expect('failed')).toMatchObject({
      stage: 2,
      step: 1,
      syscall: 'SIOCGIFINDEX',
      subject: 'none',
    });
    await takeBack(await start.monitor());
    start.channel.send({ message: 'acknowledge' });
    await start.ended();
    expect(existsSync(start.at('reaped'))).toBe(false);
    await giveUp();
  });

  test('is left to the reap program by a start that fails without its caller', async () => {
    const back = `ip link set eth0 name lent netns ${process.pid}`;
    const start = await BareStart.begin({
      mapped: [move],
      inside: [{ op: 'setLinkUp', name: 'none' }],
      header: {
        keepNetwork: 1,
        reapArgv: ['sh', '-c', `nsenter --net=/proc/$$/fd/${networkDescriptor} ${back}`],
        reapEnvironment: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      },
    });
    await using _ = start;
    await start.expect('failed');
    start.channel.close();
    await start.ended();
    await giveUp();
  });

  test('is no business of a start that keeps no network', async () => {
    const start = await BareStart.begin({ mapped: [veth, { op: 'setLinkUp', name: 'none' }] });
    await using _ = start;
    await start.expect('failed');
    await start.ended();
    expect(existsSync(start.at('reaped'))).toBe(false);
    ip('link', 'del', 'lent');
  });
});

describe('a plan with a pause', () => {
  test('goes on when the caller says so, and nothing of the container has run before', async () => {
    await using start = await BareStart.begin({
      mapped: [veth],
      header: { pause: 1, argv: ['/bin/sleep', '1001'] },
    });
    const { init } = await start.expect('cloned');
    expect(readlinkSync(`/proc/${init}/exe`)).toMatch(/tslxc-monitor|memfd/);
    expect(await names()).toEqual(['br0', 'lo', 'vnet0']);
    expect((await linksOf(init)).map(({ name, up }) => [name, up])).toEqual([
      ['lo', false],
      ['eth0', false],
    ]);
    start.channel.send({ message: 'continue' });
    expect((await start.expect('running')).init).toBe(init);
    expect(readFileSync(`/proc/${init}/cmdline`, 'utf8')).toBe('/bin/sleep\x001001\0');
  });

  const paused = { mapped: [veth], header: { pause: 1, deadline: 2000 } } as const;

  test('ends at the deadline', async () => {
    await using start = await BareStart.begin(paused);
    const { init } = await start.expect('cloned');
    expect(await start.expect('failed')).toMatchObject({
      stage: 5,
      syscall: 'poll',
      subject: 'waiting for the caller to go on',
    });
    await start.ended();
    await eventually(() => expect(existsSync(`/proc/${init}`)).toBe(false));
  });

  test('ends with init', async () => {
    await using start = await BareStart.begin({ ...paused, header: { pause: 1 } });
    const { init } = await start.expect('cloned');
    process.kill(init, 'SIGKILL');
    expect(await start.expect('failed')).toMatchObject({ stage: 6, subject: 'signal 9' });
    await start.ended();
  });

  test('ends with its caller', async () => {
    const start = await BareStart.begin({ ...paused, header: { pause: 1 } });
    await using _ = start;
    const { init } = await start.expect('cloned');
    await start.monitor();
    start.channel.close();
    await start.ended();
    await eventually(() => expect(existsSync(`/proc/${init}`)).toBe(false));
  });

  test('takes nothing else for an answer', async () => {
    await using start = await BareStart.begin({ ...paused, header: { pause: 1 } });
    await start.expect('cloned');
    start.channel.send({ message: 'own' });
    expect(await start.expect('failed')).toMatchObject({
      stage: 0,
      syscall: 'decode',
      subject: "the caller sent something other than 'continue'",
    });
    await start.ended();
  });
});

test('what has no other end outside init is refused where there is no init', async () => {
  const start = await BareStart.begin({ inside: [veth] });
  await using _ = start;
  expect(await start.expect('failed')).toMatchObject({
    stage: 3,
    syscall: 'plan',
    subject: "init's network namespace",
  });
  await start.ended();
});
