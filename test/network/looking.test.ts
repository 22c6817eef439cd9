/** Looking at the network of a container that runs: its interfaces, its addresses, its link, with real packets. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from 'tslxc';
import type { InterfaceInfo } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import type { BusyboxRoot } from '../support/root/busybox-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { TestDomain } from '../support/domain/test-domain';
import { sendSignal } from '../support/process/send-signal';

const mac = '52:54:00:77:00:01';
const bridge = 'look0';
const hostAddress = '192.0.2.1';
const guestAddress = '192.0.2.7';

function ip(...words: readonly string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8' });
}

let root: BusyboxRoot;
let domain: TestDomain;

beforeAll(async () => {
  root = await makeBusyboxRoot(['ip', 'ping', 'ifconfig']);
});

afterAll(() => root.remove());

containerTest((keep) => {
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('address', 'add', `${hostAddress}/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  keep(() => ip('link', 'delete', bridge));
  keep(() => domain[Symbol.asyncDispose]());
  return {};
});

/** Starts a container with these devices. */
async function start(devices: string): Promise<void> {
  const filesystems = [{ source: root.path, target: '/' }];
  domain = await TestDomain.make({ name: 'looked-at', filesystems, devices });
  await domain.start();
}

/** An interface on the bridge, with an address unless told otherwise. */
function bridged(content = `<ip address='${guestAddress}' prefix='24'/>`): string {
  return `<interface type='bridge'><mac address='${mac}'/><source bridge='${bridge}'/>${content}</interface>`;
}

async function first(): Promise<InterfaceInfo> {
  const [found] = await domain.domain.interfaces();
  if (found === undefined) throw new Error('the domain has no interface');
  return found;
}

async function typeOnConsole(line: string): Promise<void> {
  const console = await domain.domain.openConsole();
  console.write(`${line}\n`);
  console.resume().on('end', () => console.destroy());
}

/** Bytes of so many IPv4 packets with UDP or an ICMP echo in them, on an Ethernet. */
function frameBytes(count: number, size: number): number {
  return count * (size + 8 + 20 + 14);
}

async function sendDatagrams(count: number, size: number): Promise<void> {
  const socket = createSocket('udp4');
  const data = Buffer.alloc(size);
  for (let sent = 0; sent < count; sent += 1) {
    await new Promise((resolve) => socket.send(data, 9, guestAddress, resolve));
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}

const isUp = /[<,]UP[,>]/;
const onePing = `ping -c 1 -W 1 ${hostAddress}`;

test('an interface is listed with its name on the host and inside, and goes with the container', async () => {
  await start(bridged());
  const { name = '' } = await first();
  expect(await first()).toMatchObject({
    type: 'bridge',
    guest: 'eth0',
    source: bridge,
    mac,
    link: 'up',
  });
  expect(JSON.parse(ip('-json', 'link', 'show', name))).toMatchObject([{ master: bridge }]);
  expect(await domain.run('domiflist')).toBe(
    ` Interface   Type     Source   Model   MAC\n` +
      `----------------------------------------------------------\n` +
      ` ${name}    bridge   ${bridge}    -       ${mac}\n\n`,
  );
  await domain.domain.destroy();
  expect(await domain.domain.interfaces()).toEqual([
    { type: 'bridge', guest: 'eth0', source: bridge, mac, link: 'up' },
  ]);
  expect(ip('-oneline', 'link', 'show')).not.toContain(name);
});

test('addresses are read inside, without anything running there', async () => {
  await start(
    bridged(
      `<ip address='${guestAddress}' prefix='24'/><ip family='ipv6' address='2001:db8::7' prefix='64'/>`,
    ),
  );
  const addresses = await domain.domain.addresses();
  expect(addresses).toEqual(
    expect.arrayContaining([
      { interface: 'lo', family: 'ipv4', address: '127.0.0.1', prefix: 8 },
      { interface: 'eth0', mac, family: 'ipv4', address: guestAddress, prefix: 24 },
      { interface: 'eth0', mac, family: 'ipv6', address: '2001:db8::7', prefix: 64 },
    ]),
  );
  expect(await domain.run('domifaddr', '--source', 'inside', 'eth0')).toContain(
    ` eth0       ${mac}    ipv4         ${guestAddress}/24\n -          -                    ipv6         2001:db8::7/64\n`,
  );
});

test('by arp those are known who have talked to the host', async () => {
  await start(bridged());
  expect(await domain.domain.addresses({ source: 'arp' })).toEqual([]);
  await inside(domain.domain, `ping -c 1 ${hostAddress}`);
  const { name = '' } = await first();
  const known = [{ interface: name, mac, family: 'ipv4', address: guestAddress }];
  expect(await domain.domain.addresses({ source: 'arp' })).toEqual(known);
  expect(await domain.run('domifaddr', '--source', 'arp')).toBe(
    ' Name       MAC address          Protocol     Address\n' +
      '-------------------------------------------------------------------------------\n' +
      ` ${name}   ${mac}    ipv4         ${guestAddress}/0\n\n`,
  );
});

test('what is sent and received is counted, within 5 %, from the container’s point of view', async () => {
  await start(bridged());
  const counters = async (): Promise<{ rx: number; tx: number }> => {
    const { statistics } = await first();
    return { rx: Number(statistics?.rxBytes), tx: Number(statistics?.txBytes) };
  };
  // Until the kernel has got round to its carrier, the port of the bridge drops what comes; no program sends a datagram again.
  await eventually(async () =>
    expect(await inside(domain.domain, onePing)).toContain(' 0% packet loss'),
  );
  const start0 = await counters();
  const begin = (await first()).statistics?.rxPackets;
  await sendDatagrams(300, 1000);
  const received = await counters();
  const size = frameBytes(300, 1000);
  expect(Math.abs(received.rx - start0.rx - size)).toBeLessThan(size * 0.05);
  // But for some that say that no process listens.
  expect(received.tx - start0.tx).toBeLessThan(size * 0.05);

  await inside(domain.domain, `ping -A -c 40 -s 1400 ${hostAddress}`);
  const answered = await counters();
  const echo = frameBytes(40, 1400);
  // The kernel sends now and then something of its own: two looks with nothing between them agree.
  const eth0 = await eventually(async () => {
    const { tx } = await counters();
    const { network = [] } = await domain.domain.stats();
    expect(network).toMatchObject([{ type: 'bridge', guest: 'eth0', txBytes: BigInt(tx) }]);
    return network[0];
  });
  // 300 datagrams and 40 answers came, and few that asked for addresses.
  const packets = Number(eth0?.rxPackets) - Number(begin);
  expect(Math.abs(packets - 340)).toBeLessThan(340 * 0.05);
  expect(Math.abs(answered.tx - received.tx - echo)).toBeLessThan(echo * 0.05);

  const lines = (await domain.run('domifstat', 'eth0')).trim().split('\n');
  expect(lines.map((line) => line.replace(/\d+$/, ''))).toEqual(
    [
      'rx_bytes',
      'rx_packets',
      'rx_errs',
      'rx_drop',
      'tx_bytes',
      'tx_packets',
      'tx_errs',
      'tx_drop',
    ].map((word) => `eth0 ${word} `),
  );
  expect(Number(lines[0]?.split(' ')[2])).toBeGreaterThanOrEqual(answered.rx);
  expect(Number(lines[1]?.split(' ')[2])).toBeGreaterThanOrEqual(340);
});

test('an interface that is plugged out has no carrier, and keeps its addresses and routes', async () => {
  await start(bridged());
  const shown = () => inside(domain.domain, 'ip link show eth0; ip route');
  await eventually(async () => expect(await shown()).toMatch(/,UP,LOWER_UP/));
  await eventually(async () => {
    expect(await inside(domain.domain, onePing)).toContain(' 0% packet loss');
  });

  expect(await domain.run('domif-setlink', 'eth0', 'down')).toBe('Device updated successfully\n\n');
  expect(await domain.run('domif-getlink', mac)).toBe(`${mac} down\n`);
  expect(await domain.run('dumpxml')).toContain("<link state='down'/>");
  // The kernel tells of it up to a second later.
  await eventually(async () => {
    expect(await shown()).toMatch(
      /<NO-CARRIER,BROADCAST,MULTICAST,UP[^]*192\.0\.2\.0\/24 dev eth0/,
    );
  });
  // Root inside can't undo it.
  await inside(domain.domain, 'ip link set eth0 down; ip link set eth0 up');
  expect(await inside(domain.domain, onePing)).not.toContain(' 0% packet loss');

  const { name = '' } = await first();
  await domain.domain.setLink(name, 'up');
  expect(await domain.run('domif-getlink', name)).toBe(`${name} up\n`);
  expect(await domain.run('dumpxml')).not.toContain('<link state');
  await eventually(async () =>
    expect(await inside(domain.domain, onePing)).toContain(' 0% packet loss'),
  );
});

test('an interface that starts unplugged is down, until it is plugged in', async () => {
  await start(bridged(`<ip address='${guestAddress}' prefix='24'/><link state='down'/>`));
  expect(await inside(domain.domain, 'ip link show eth0')).not.toMatch(isUp);
  expect(await domain.domain.getLink('eth0')).toBe('down');
  await inside(domain.domain, 'ip link set eth0 up');
  expect(await inside(domain.domain, 'ip link show eth0')).not.toContain('LOWER_UP');
  expect(await inside(domain.domain, onePing)).not.toContain(' 0% packet loss');
  await inside(domain.domain, 'ip link set eth0 down');
  await domain.domain.setLink('eth0', 'up');
  await eventually(async () => {
    expect(await inside(domain.domain, 'ip link show eth0')).toMatch(/,UP,LOWER_UP/);
  });
  await eventually(async () =>
    expect(await inside(domain.domain, onePing)).toContain(' 0% packet loss'),
  );
  // For the next start nothing has changed.
  expect(await domain.run('domif-getlink', mac, '--config')).toBe(`${mac} down\n`);
  await domain.run('domif-setlink', 'eth0', 'up', '--config');
  expect(await domain.run('dumpxml', '--inactive')).toContain("<link state='up'/>");
});

test('a macvlan is looked at inside, where it is, and goes up and down there', async () => {
  ip('link', 'add', 'lower0', 'type', 'veth', 'peer', 'lower1');
  ip('link', 'set', 'lower1', 'up');
  ip('link', 'set', 'lower0', 'up');
  try {
    await start(
      `<interface type='direct'><mac address='${mac}'/><source dev='lower0' mode='bridge'/><guest dev='lan'/></interface>`,
    );
    expect(await first()).toMatchObject({
      type: 'direct',
      guest: 'lan',
      source: 'lower0',
      mac,
      link: 'up',
    });
    expect(await first()).not.toHaveProperty('name');
    expect((await first()).statistics?.txPackets).toBeGreaterThanOrEqual(0n);
    expect(await domain.run('domiflist')).toContain(
      ` -           direct   lower0   -       ${mac}\n`,
    );
    await domain.domain.setLink('lan', 'down');
    expect(await domain.domain.getLink(mac)).toBe('down');
    expect(await inside(domain.domain, 'ip link show lan')).not.toMatch(isUp);
    await domain.domain.setLink(mac, 'up');
    expect(await inside(domain.domain, 'ip link show lan')).toMatch(isUp);
    await domain.domain.destroy();
  } finally {
    ip('link', 'delete', 'lower0');
  }
});

describe('waitFor', () => {
  test('resolves when the container has given itself an address', async () => {
    await start(bridged(''));
    let state = 'waiting';
    const found = domain.domain.waitFor({ address: 'ipv4' }).finally(() => (state = 'found'));
    await sleep(200);
    expect(state).toBe('waiting');
    await inside(domain.domain, `ifconfig eth0 ${guestAddress}`);
    const began = Date.now();
    expect(await found).toBe(guestAddress);
    // It looks often; how long a look takes is the machine's.
    expect(Date.now() - began).toBeLessThan(5000);
    // And at once, when it is there already.
    expect(await domain.domain.waitFor({ address: 'ipv4', timeout: 1000 })).toBe(guestAddress);
  });

  test('an IPv6 address counts when no other host has it', async () => {
    await start(bridged(''));
    const found = domain.domain.waitFor({ address: 'ipv6', timeout: 20_000 });
    await inside(domain.domain, 'ip -6 address add 2001:db8::9/64 dev eth0');
    expect(await found).toBe('2001:db8::9');
    expect(ip('-6', 'neighbour')).not.toContain('tentative');
    expect(await inside(domain.domain, 'ip -6 address show dev eth0')).not.toMatch(
      /2001:db8::9\/64 scope global tentative/,
    );
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['its init exits', () => typeOnConsole('exit 3'), 'init exited with 3'],
    ['it is destroyed', () => domain.domain.destroy(), 'init was killed by signal 9'],
    [
      'its monitor is killed',
      () => {
        sendSignal(domain.domain.id, 'SIGKILL');
        return Promise.resolve();
      },
      'its monitor was lost',
    ],
  ])('fails at once when %s', async (...[, end, words]) => {
    await start(bridged(''));
    const failing = domain.domain.waitFor({ address: 'ipv4', timeout: 30_000 });
    const failure = failing.then(
      () => undefined,
      (error: unknown) => error,
    );
    await sleep(100);
    await end();
    const began = Date.now();
    expect(await failure).toMatchObject({
      code: 'OPERATION_FAILED',
      message: `operation failed: the container ended before it had an IPv4 address (${words})`,
    });
    // Far below its time-out; an owner has its container to clean up first.
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  test('leaves off when it is told to', async () => {
    await start(bridged(''));
    const failure = await domain.domain
      .waitFor({ address: 'ipv4', signal: AbortSignal.timeout(50) })
      .catch((error: unknown) => error);
    expect(TslxcError.is(failure, 'OPERATION_ABORTED')).toBe(true);
    await expect(domain.domain.waitFor({ address: 'ipv4', timeout: 50 })).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
    });
  });
});
