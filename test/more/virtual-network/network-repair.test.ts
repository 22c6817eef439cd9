/**
 * What another program does to a running network is noticed by the next look, and put right where it can be. Its rules and
 * its dnsmasq: test/virtual-network/network-restored.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { eventually } from '../../support/time/eventually';
import { libraryWords } from '../../support/process/library-child';
import { commandEnvironment } from '../../support/process/run-command';
import { loadIptables, savedIptables, uncounted } from '../../support/network/foreign-hosts';
import { makeTestRoot } from '../../support/root/test-root';
import {
  link,
  makeNetworkWorld,
  networkXml,
  parameter,
  run,
  traces,
} from '../../support/network/virtual-network-world';

const xml = networkXml('lan', 31, `<forward mode='nat'/><bridge name='lan0'/>`);

test('a network whose bridge was deleted is off, and everything else of it goes too', async () => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const network = await world.connection.defineNetwork(xml);
  await network.start();
  const events = world.connection.networkEvents();
  run('ip', 'link', 'del', 'lan0');
  expect(await network.info()).toMatchObject({ active: false });
  expect((await events.next()).value).toMatchObject({ event: 'stopped', network: 'lan' });
  await events.return?.();
  expect(traces()).toEqual(before);
  await network.start();
  expect(link('lan0')).toBeDefined();
});

test("another's bridge of the same name is left alone", async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.defineNetwork(xml);
  await network.start();
  run('ip', 'link', 'del', 'lan0');
  run('ip', 'link', 'add', 'lan0', 'type', 'bridge');
  try {
    expect(await network.info()).toMatchObject({ active: false });
    expect(link('lan0')).toBeDefined();
  } finally {
    run('ip', 'link', 'del', 'lan0');
  }
});

test('a firewall that is started beside a running network lets it pass after the next look', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(xml);
  try {
    loadIptables('nft', 'docker');
    const before = uncounted(savedIptables('nft'));
    expect(await network.info()).toMatchObject({ active: true });
    expect(savedIptables('nft')).toContain('-A DOCKER-USER -i lan0 -o lan0 ');
    const opened = uncounted(savedIptables('nft'));
    expect(await network.info()).toMatchObject({ active: true });
    expect(uncounted(savedIptables('nft'))).toBe(opened);
    await network.destroy();
    expect(uncounted(savedIptables('nft'))).toBe(before);
  } finally {
    run('nft', 'delete table ip filter; delete table ip6 filter');
  }
});

test('a look at many networks asks for the rules of all at once', async () => {
  await using world = await makeNetworkWorld();
  for (const third of [33, 34, 35, 36]) {
    await world.connection.createNetwork(networkXml(`lan${third}`, third));
  }
  const { stdout } = await world.child(`
    const { mkdtempSync, readFileSync, writeFileSync } = require('node:fs');
    const folder = mkdtempSync('${world.root}/programs-');
    const script = '#!/bin/sh\\necho x >> ' + folder + '/calls; exec ${run('which', 'nft').trim()} "$@"';
    writeFileSync(folder + '/nft', script, { mode: 0o755 });
    process.env.PATH = folder + ':' + process.env.PATH;
    const networks = await connection.listNetworks({ state: 'active' });
    console.log(networks.length, readFileSync(folder + '/calls', 'utf8').length / 2);`);
  expect(stdout).toBe('4 1\n');
});

test('rules that hold back stay when another firewall is in the way of a running network', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(
    networkXml('lan', 31, `<bridge name='lan0'/>`),
  );
  const before = run('nft', 'list', 'table', 'inet', 'tslxc_lan0');
  run(
    'nft',
    'flush ruleset; add table inet other; add chain inet other input { type filter hook input priority 0; policy drop; }',
  );
  try {
    expect(await network.info()).toMatchObject({ active: true });
    expect(run('nft', 'list', 'table', 'inet', 'tslxc_lan0')).toBe(before);
  } finally {
    run('nft', 'delete', 'table', 'inet', 'other');
  }
});

test('a look does not wait for a start that hangs, and takes nothing from it', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.defineNetwork(xml);
  const [program, ...words] = libraryWords(`
    const connection = await connect();
    const network = await connection.lookupNetworkByName('lan');
    process.env.TSLXC_NETWORK_FAILPOINT = 'network:after-up=stop';
    await network.start();`);
  const env = commandEnvironment(world.root);
  const child = spawn(program, words, { stdio: 'inherit', env });
  const ended = once(child, 'exit');
  try {
    await eventually(() => expect(stateOf(child.pid)).toBe('T'));
    expect(link('lan0')).toBeDefined();
    expect((await world.connection.listNetworks()).map(({ name }) => name)).toContain('lan');
    expect(await network.info()).toMatchObject({ active: false });
    expect(link('lan0')).toBeDefined();
  } finally {
    child.kill('SIGCONT');
  }
  expect(await ended).toEqual([0, null]);
  expect(await network.info()).toMatchObject({ active: true });
});

/** proc_pid_stat(5): `T` is stopped. */
function stateOf(pid = 0): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0];
}

describe('IP forwarding', () => {
  const second = networkXml('wan', 32, `<forward mode='route'/><bridge name='wan0'/>`);

  test('goes on with the first network that needs it and off with the last', async () => {
    await using world = await makeNetworkWorld();
    const { connection } = world;
    expect(parameter('ipv4/ip_forward')).toBe('0');
    const lan = await connection.createNetwork(xml);
    const wan = await connection.createNetwork(second);
    await lan.destroy();
    expect(parameter('ipv4/ip_forward')).toBe('1');
    await wan.destroy();
    expect(parameter('ipv4/ip_forward')).toBe('0');
  });

  test('does not stay on for an isolated network that came meanwhile', async () => {
    await using world = await makeNetworkWorld();
    const lan = await world.connection.createNetwork(xml);
    const alone = await world.connection.createNetwork(networkXml('alone', 33));
    await lan.destroy();
    expect(parameter('ipv4/ip_forward')).toBe('0');
    await alone.destroy();
  });

  test('stays on where it was on', async () => {
    await using world = await makeNetworkWorld();
    run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    try {
      const lan = await world.connection.createNetwork(xml);
      await lan.destroy();
      expect(parameter('ipv4/ip_forward')).toBe('1');
    } finally {
      run('sysctl', '-qw', 'net.ipv4.ip_forward=0');
    }
  });

  test('an interface that forwarded by itself does so afterwards', async () => {
    await using world = await makeNetworkWorld();
    run('sysctl', '-qw', 'net.ipv4.conf.lo.forwarding=1');
    try {
      const lan = await world.connection.createNetwork(xml);
      await lan.destroy();
      expect(parameter('ipv4/ip_forward')).toBe('0');
      expect(parameter('ipv4/conf/lo/forwarding')).toBe('1');
    } finally {
      run('sysctl', '-qw', 'net.ipv4.conf.lo.forwarding=0');
    }
  });

  test("stays on for another program's network that came meanwhile", async () => {
    await using world = await makeNetworkWorld();
    const lan = await world.connection.createNetwork(xml);
    run('ip', 'link', 'add', 'docker0', 'type', 'bridge');
    run('ip', 'address', 'add', '172.17.0.1/16', 'dev', 'docker0');
    try {
      await lan.destroy();
      expect(parameter('ipv4/ip_forward')).toBe('1');
    } finally {
      run('ip', 'link', 'del', 'docker0');
      run('sysctl', '-qw', 'net.ipv4.ip_forward=0');
    }
  });

  test('two roots that need it do not take it from each other', async () => {
    await using world = await makeNetworkWorld();
    {
      await using other = await makeOther();
      const lan = await world.connection.createNetwork(xml);
      const wan = await other.connection.createNetwork(second);
      await lan.destroy();
      expect(parameter('ipv4/ip_forward')).toBe('1');
      await wan.destroy();
    }
    expect(parameter('ipv4/ip_forward')).toBe('0');
  });

  test('IPv6 routes that the host has learned are not given up for it', async () => {
    await using world = await makeNetworkWorld();
    const router = await learnRoute();
    try {
      const inner = `<forward mode='route'/><ip family='ipv6' address='fd00:33::1' prefix='64'/>`;
      const before = traces();
      await expect(world.connection.createNetwork(networkXml('six', 33, inner))).rejects.toThrow(
        /IPv6 forwarding would cost the host the routes that it learns .* on up0/,
      );
      expect(traces()).toEqual(before);
      run('sysctl', '-qw', 'net.ipv6.conf.up0.accept_ra=2');
      const six = await world.connection.createNetwork(networkXml('six', 33, inner));
      expect(parameter('ipv6/conf/all/forwarding')).toBe('1');
      await six.destroy();
    } finally {
      router();
    }
  });

  async function makeOther() {
    const root = await makeTestRoot();
    const connection = await connect(undefined, { root: root.path });
    return {
      connection,
      [Symbol.asyncDispose]: async () => {
        await connection.close();
        await root.remove();
      },
    };
  }

  /** A default route that a router has advertised, as the kernel keeps it. */
  async function learnRoute(): Promise<() => void> {
    run('ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1');
    const remove = (): void => void run('ip', 'link', 'del', 'up0');
    try {
      run('ip', 'link', 'set', 'up0', 'up');
      run('ip', 'link', 'set', 'up1', 'up');
      await eventually(() => {
        run('python3', '-c', advertise);
        expect(run('ip', '-6', 'route')).toMatch(/^default .*proto ra/m);
      });
      return remove;
    } catch (error) {
      remove();
      throw error;
    }
  }
});

/** One router advertisement out of up1: ICMPv6 134 from a link-local address to all nodes, hop limit 255 (RFC 4861). */
const advertise = `
import socket, struct, time
ra = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0)
source, to = socket.inet_pton(socket.AF_INET6, 'fe80::99'), socket.inet_pton(socket.AF_INET6, 'ff02::1')
words = source + to + struct.pack('!II', len(ra), 58) + ra
total = sum(struct.unpack('!%dH' % (len(words) // 2), words))
while total >> 16: total = (total & 0xffff) + (total >> 16)
ra = ra[:2] + struct.pack('!H', ~total & 0xffff) + ra[4:]
frame = bytes.fromhex('333300000001' + '0200000000aa' + '86dd')
frame += struct.pack('!IHBB', 6 << 28, len(ra), 58, 255) + source + to + ra
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('up1', 0))
for _ in range(30):
    wire.send(frame)
    time.sleep(0.1)
    if 'proto ra' in __import__('subprocess').run(['ip', '-6', 'route'], capture_output=True, text=True).stdout: break
`;
