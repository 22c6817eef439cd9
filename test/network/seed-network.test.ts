/** The seed's "Custom networking in the container", and its complete final example. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { rootFilesystem, withDevices } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { exclusive } from '../support/world/exclusive';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { SeedTerminal } from '../support/console/seed-terminal';

const name = 'helloworld';
const applets = ['ifconfig', 'route', 'ping'];

const seedInterface = `<interface type='network'>
  <mac address='52:54:00:4d:2b:cd'/>
  <source network='default'/>
</interface>
`;

exclusive();

const world = containerTest(rootAndConnection, { watch: ['/export'] });

interface HostLink {
  readonly ifname: string;
  readonly master?: string;
  readonly address: string;
}

/** The host's interfaces that are ports of a bridge. */
function portsOf(bridge: string): HostLink[] {
  const text = execFileSync('ip', ['-json', 'link', 'show', 'master', bridge], {
    encoding: 'utf8',
  });
  return text.trim() === '' ? [] : (JSON.parse(text) as HostLink[]);
}

/** The lines of a block of `ifconfig`, by interface, blanks reduced. */
function interfacesOf(text: string): Map<string, string> {
  return new Map(
    text
      .trim()
      .split('\n\n')
      .map((block) => [block.split(' ')[0] ?? '', block.replace(/\s+/g, ' ')]),
  );
}

const emptyRoutes = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
`;

const seedRoutes = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
default         192.168.122.1   255.255.255.255 UGH   0      0        0 eth0
192.168.122.0   *               255.255.255.0   U     0      0        0 eth0
`;

test('the seed’s container on the default network, configured by hand', async () => {
  await using busybox = await makeBusyboxRoot(applets);
  await using terminal = await SeedTerminal.open(world.root.path);
  await terminal.writeFile(
    'helloworld.xml',
    withDevices(rootFilesystem(busybox.path) + seedInterface),
  );
  await terminal.host('tslxc define helloworld.xml');
  expect(await terminal.host('tslxc start helloworld')).toContain('started');
  expect(portsOf('virbr0')).toEqual([
    expect.objectContaining({ ifname: expect.stringMatching(/^vnet\d+$/) as string }),
  ]);
  await terminal.openConsole(name);

  const found = await eventually(async () => {
    const all = interfacesOf(await terminal.container('ifconfig'));
    expect(all.get('eth0')).toMatch(/inet6 addr: fe80::5054:ff:fe4d:2bcd\/64 Scope:Link/);
    return all;
  });
  expect([...found.keys()]).toEqual(['eth0', 'lo']);
  expect(found.get('eth0')).toMatch(/Link encap:Ethernet HWaddr 52:54:00:4D:2B:CD/);
  expect(found.get('eth0')).toMatch(/UP BROADCAST RUNNING MULTICAST MTU:1500 Metric:1/);
  expect(found.get('eth0')).not.toMatch(/inet addr/);
  expect(found.get('lo')).toMatch(/inet addr:127\.0\.0\.1 Mask:255\.0\.0\.0.* UP LOOPBACK RUNNING/);
  expect(await terminal.container('route -n')).toBe(emptyRoutes);

  expect(await terminal.container('ifconfig eth0 192.168.122.50')).toBe('');
  expect(await terminal.container('route add 0.0.0.0 gw 192.168.122.1 eth0')).toBe('');
  expect(await terminal.container('route')).toBe(seedRoutes);
  const shown = await terminal.interrupted(
    'ping 192.168.122.1',
    /^[^]*seq=1 ttl=64 time=[\d.]+ ms\r\n/,
  );
  // The terminal shows it when the signal has been sent: somewhere in what that makes ping say.
  const ping = shown.replace('^C', '');
  expect(ping).toMatch(
    /^PING 192\.168\.122\.1 \(192\.168\.122\.1\): 56 data bytes\n64 bytes from 192\.168\.122\.1: seq=0 ttl=64 time=[\d.]+ ms\n64 bytes from 192\.168\.122\.1: seq=1 ttl=64 time=[\d.]+ ms\n/,
  );
  expect(ping).toMatch(
    /--- 192\.168\.122\.1 ping statistics ---\n(\d) packets transmitted, \1 packets received, 0% packet loss\nround-trip min\/avg\/max = [\d./]+ ms\n/,
  );
  await terminal.lastLine('exit');
  await eventually(() => expect(portsOf('virbr0')).toEqual([]));
  expect(await terminal.host('tslxc undefine helloworld')).toContain('has been undefined');
});

test('the seed’s complete final example, byte for byte', async () => {
  const seed = readFileSync(join(__dirname, '../support/network/seed-final.xml'), 'utf8');
  const made: string[] = [];
  try {
    const first = mkdirSync('/export/helloworld', { recursive: true });
    made.push(first ?? '/export/helloworld');
    for (const file of ['config/hello.txt', 'data/world.txt']) {
      mkdirSync(dirname(join('/export/helloworld', file)));
      writeFileSync(join('/export/helloworld', file), '');
    }
    await using busybox = await makeBusyboxRoot(applets);
    execFileSync('cp', ['-a', busybox.path, '/export/helloworld/root']);
    await using terminal = await SeedTerminal.open(world.root.path);
    await terminal.writeFile('helloworld.xml', seed);
    expect(await terminal.host('tslxc define helloworld.xml')).toContain('defined from');
    expect(await terminal.host('tslxc start helloworld')).toContain('started');
    await terminal.openConsole(name);
    expect(await terminal.container('ls /etc/httpd/')).toBe('hello.txt\n');
    expect(await terminal.container('ls /var/www/')).toBe('world.txt\n');
    expect(await terminal.container('ifconfig eth0')).toMatch(/HWaddr 52:54:00:/);
    await terminal.container('ifconfig eth0 192.168.122.50');
    expect(await terminal.container('ping -c 2 192.168.122.1')).toMatch(/ 0% packet loss/);
    await terminal.detach();
    expect(await terminal.host('tslxc domiflist helloworld')).toMatch(
      /vnet\d+ +network +default +- +52:54:00:/,
    );
    expect(await terminal.host('tslxc destroy helloworld')).toContain('destroyed');
    expect(await terminal.host('tslxc undefine helloworld')).toContain('has been undefined');
  } finally {
    for (const path of made) rmSync(path, { recursive: true, force: true });
  }
});
