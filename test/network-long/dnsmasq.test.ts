/** DHCP and DNS of a network, as its clients see them. */
import { join } from 'node:path';
import { dnsmasqPid, ensureDnsmasq, startDnsmasq } from '../../lib/network/dnsmasq/dnsmasq';
import { readLeases } from '../../lib/network/dnsmasq/leases';
import type { Lease } from '../../lib/network/dnsmasq/leases';
import type { ActiveNetwork } from '../../lib/network/active-network';
import { eventually } from '../support/time/eventually';
import { readProcess } from '../support/process/processes';
import { DhcpWorld, run } from '../support/network/dhcp-world';

const world = new DhcpWorld();

afterAll(() => world.dispose());

const range = "<dhcp><range start='10.77.0.100' end='10.77.0.120'/></dhcp>";
const basic = `<bridge name='tb0'/><domain name='lab.test'/>
  <ip address='10.77.0.1' prefix='24'>
    <dhcp>
      <range start='10.77.0.100' end='10.77.0.120'/>
      <host mac='52:54:00:77:00:07' name='seven' ip='10.77.0.7'/>
    </dhcp>
  </ip>
  <dns><host ip='10.77.0.50'><hostname>printer</hostname></host>
    <txt name='note.lab.test' value='one, two # "three"'/></dns>`;

/** So many: dnsmasq may write one down a moment after it has given it away. */
function leasesOf(network: ActiveNetwork, count: number): Promise<readonly Lease[]> {
  return eventually(async () => {
    const leases = await readLeases(network);
    expect(leases).toHaveLength(count);
    return leases;
  });
}

test('the first lease comes at once, and the others know its name', async () => {
  const network = await world.network('basic', `<forward mode='nat'/>${basic}`);
  await startDnsmasq(network);
  const [one, two] = [await world.client(network, 'one'), await world.client(network, 'two')];
  const begin = Date.now();
  const lease = await one.askDhcp();
  expect(Date.now() - begin).toBeLessThan(2000);
  expect(lease).toMatchObject({ router: '10.77.0.1', dns: '10.77.0.1', domain: 'lab.test' });
  expect(lease.ip).toMatch(/^10\.77\.0\.1[012]\d$/);
  await two.askDhcp();
  expect(await two.resolve('one', '10.77.0.1')).toEqual([lease.ip]);
  expect(await two.resolve('one.lab.test', '10.77.0.1')).toEqual([lease.ip]);
  await eventually(() => two.run('busybox', 'ping', '-c', '1', '-W', '1', lease.ip));
});

test('a static host gets its address, and a name of the definition has its own', async () => {
  const network = world.describe('basic', `<forward mode='nat'/>${basic}`);
  const client = await world.client(network, 'static', '52:54:00:77:00:07');
  expect(await client.askDhcp()).toMatchObject({ ip: '10.77.0.7' });
  const ask = async (name: string): Promise<string[]> => await client.resolve(name, '10.77.0.1');
  expect(await ask('printer')).toEqual(['10.77.0.50']);
  expect(await ask('printer.lab.test')).toEqual(['10.77.0.50']);
  expect(await ask('seven')).toEqual(['10.77.0.7']);
  const texts = await client.run('busybox', 'nslookup', '-type=txt', 'note.lab.test', '10.77.0.1');
  expect(texts).toContain('text = "one, two # "three""');
});

test('leases can be read', async () => {
  const network = world.describe('basic', `<forward mode='nat'/>${basic}`);
  const leases = await leasesOf(network, 3);
  const own = leases.find(({ mac }) => mac === '52:54:00:77:00:07');
  expect(own).toMatchObject({
    family: 'ipv4',
    address: '10.77.0.7',
    prefix: 24,
    hostname: 'seven',
  });
  const hour = 3_600_000;
  expect(Math.abs((own?.expires ?? 0) - Date.now() - hour)).toBeLessThan(60_000);
});

test('a reader of raw frames is told when a checksum has not been filled in', async () => {
  const network = world.describe('basic', `<forward mode='nat'/>${basic}`);
  const client = await world.client(network, 'raw');
  const output = await client.run(
    'python3',
    join(__dirname, '../support/network/raw-dhcp-client.py'),
    'eth0',
  );
  const [address, checksum, time] = output.trim().split(' ');
  expect(address).toMatch(/^10\.77\.0\.1[012]\d$/);
  expect(['open', 'right']).toContain(checksum);
  expect(Number(time)).toBeLessThan(1000);
});

test('it is not root, and has no right but those of a server of networks', async () => {
  const network = world.describe('basic', `<forward mode='nat'/>${basic}`);
  const status = await run('cat', `/proc/${dnsmasqPid(network) ?? 0}/status`);
  const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
  expect(Number(uid)).toBeGreaterThan(0);
  // NET_BIND_SERVICE, NET_ADMIN
  expect(status).toMatch(/^CapPrm:\s+0000000000001400$/m);
  // and what it takes to get there
  expect(status).toMatch(/^CapBnd:\s+00000000000034e3$/m);
});

test('an isolated network has no router, and its MTU is told', async () => {
  const network = await world.network(
    'isolated',
    `<bridge name='tb1'/><mtu size='1400'/><ip address='10.77.1.1' prefix='24'>
      <dhcp><range start='10.77.1.2' end='10.77.1.9'/></dhcp></ip>`,
  );
  await startDnsmasq(network);
  const client = await world.client(network, 'alone');
  const { ip, router, mtu } = await client.askDhcp();
  expect({ router, mtu }).toEqual({ mtu: '1400' });
  expect(ip).toMatch(/^10\.77\.1\.[2-9]$/);
  expect(await client.resolve('example.org', '10.77.1.1')).toEqual([]);
});

test('two networks at once serve each its own', () => {
  const networks = ['basic', 'isolated'].map((name) => world.describe(name, basic));
  const pids = networks.map((network) => dnsmasqPid(network));
  expect(new Set(pids).size).toBe(2);
  for (const pid of pids) expect(readProcess(pid ?? 0).words[0]).toMatch(/\/dnsmasq$/);
});

test('IPv6: an address by DHCP, and one by router advertisement', async () => {
  const network = await world.network(
    'six',
    `<forward mode='route'/><bridge name='tb6'/><ip family='ipv6' address='fd77::1' prefix='64'>
      <dhcp><range start='fd77::100' end='fd77::1ff'/></dhcp></ip>
      <ip address='10.77.6.1' prefix='24'/>`,
  );
  await startDnsmasq(network);
  const client = await world.client(network, 'sixth', '52:54:00:77:06:01');
  // By advertisement: the prefix, and the route. Nothing is said of addresses by themselves where there is DHCP.
  await eventually(async () => {
    expect(await client.run('ip', '-6', 'route')).toMatch(/^default via fe80::/m);
  }, 10_000);
  await client.run(
    ...['busybox', 'udhcpc6', '-i', 'eth0', '-s', '/bin/true', '-n', '-q', '-f', '-t', '5'],
  );
  const [lease] = await leasesOf(network, 1);
  expect(lease).toMatchObject({ family: 'ipv6', prefix: 64, mac: '52:54:00:77:06:01' });
  expect(lease?.address).toMatch(/^fd77::1[0-9a-f]{2}$/);
  expect(lease?.iaid).toMatch(/^\d+$/);
});

test('IPv6 without DHCP: the client makes its address from what is advertised', async () => {
  const network = await world.network(
    'slaac',
    `<forward mode='route'/><bridge name='tb7'/>
      <ip family='ipv6' address='fd78::1' prefix='64'/>`,
  );
  await startDnsmasq(network);
  const client = await world.client(network, 'seventh', '52:54:00:77:07:01');
  await eventually(async () => {
    expect(await client.run('ip', '-6', 'addr')).toContain('fd78::5054:ff:fe77:701/64');
  }, 10_000);
});

test('leases outlive a restart, and a changed definition is taken over', async () => {
  const before = await world.network(
    'change',
    `<bridge name='tb2'/>
    <ip address='10.77.2.1' prefix='24'>${range.replaceAll('77.0', '77.2')}</ip>`,
  );
  await startDnsmasq(before);
  const client = await world.client(before, 'changing');
  const { ip } = await client.askDhcp();
  const pid = dnsmasqPid(before);
  const after = world.describe(
    'change',
    `<bridge name='tb2'/>
    <ip address='10.77.2.1' prefix='24'>${range.replaceAll('77.0', '77.2')}</ip>
    <dns><host ip='10.77.2.99'><hostname>added</hostname></host></dns>`,
  );
  await startDnsmasq(after);
  expect(dnsmasqPid(after)).not.toBe(pid);
  expect(await client.resolve('added', '10.77.2.1')).toEqual(['10.77.2.99']);
  expect(await client.resolve('changing', '10.77.2.1')).toEqual([ip]);
  expect(await leasesOf(after, 1)).toMatchObject([{ address: ip, hostname: 'changing' }]);
  expect(await ensureDnsmasq(after)).toEqual({ state: 'serving' });
});
