/** Containers from images in virtual networks: ports of the host lead to them, and they find each other by name. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { busyboxLayer, makeLayout } from '../support/image/image-layout';
import { ServerNetwork } from '../support/network/server-network';
import { runCommand, runSuccessfully } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const source = makeLayout(join(root.path, 'layout'), { layers: [busyboxLayer()] });
  await connection.images.pull(source, { name: 'web' });
  const server = keep(await ServerNetwork.open());
  return { root, connection, server };
});

const tslxc = (...words: readonly string[]): Promise<string> =>
  runSuccessfully(words, { root: world.root.path });

/** Runs a container that answers at its port 80. Resolves to what the command has said on stderr. */
async function serve(name: string, ...options: readonly string[]): Promise<string> {
  const program = ['nc', '-ll', '-p', '80', '-e', 'echo', name];
  const words = ['run', '-d', '--name', name, ...options, 'web', '--', ...program];
  const said = await runCommand(words, { root: world.root.path });
  expect(said).toMatchObject({ code: 0, stdout: `${name}\n` });
  const domain = await world.connection.lookupDomainByName(name);
  await domain.waitFor({ port: 80 });
  return said.stderr;
}

const ask = (to: string): string => `busybox nc -w 2 ${to} </dev/null`;
const fromHost = (to: string): string => execFileSync('sh', ['-c', ask(to)], { encoding: 'utf8' });
const tables = (): string => execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' });

test('a published port leads to the program from the host, from outside, and from a container that finds it by name', async () => {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>
    <forward mode='nat'/>
    <bridge name='lab0'/>
    <ip address='192.168.150.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.150.100' end='192.168.150.200'/></dhcp>
    </ip>
    <ip family='ipv6' address='fd00:77::1' prefix='64'/>
  </network>`);
  await network.start();
  expect(await serve('shop', '--network', 'lab', '-p', '8080:80')).not.toContain('started');
  expect(fromHost('127.0.0.1 8080')).toBe('shop\n');
  expect(fromHost('fd00:77::1 8080')).toBe('shop\n');
  expect(world.server.run('sh', '-c', ask(`${ServerNetwork.hostAddress} 8080`))).toBe('shop\n');
  const line =
    'cat /etc/resolv.conf; nslookup -type=a shop | grep -c 192.168.150.1..$; nc -w 2 192.168.150.1 8080 </dev/null; ip route | head -n 1';
  expect(await tslxc('run', '--network', 'lab', 'web', '--', 'sh', '-c', line)).toBe(
    'nameserver 192.168.150.1\n1\nshop\ndefault via 192.168.150.1 dev eth0  metric 1 \n',
  );
  await tslxc('destroy', 'shop');
  expect(tables()).not.toContain('tslxc_forward');
});

test('without a word of a network it is the default one, whose first start is told of', async () => {
  expect(await serve('shop', '-p', '127.0.0.1:8080:80')).toContain("Network 'default' started\n");
  expect(fromHost('127.0.0.1 8080')).toBe('shop\n');
  expect(await tslxc('dumpxml', 'shop')).toContain("<source network='default' ");
});

test('a start warns of a program of the host that its port hides', async () => {
  const server = createServer((socket) => socket.end('host\n')).listen(8081, '0.0.0.0');
  try {
    await once(server, 'listening');
    const said = await serve('hider', '-p', '8081:80');
    expect(said).toContain('at a port that leads to the container: 8081 (tcp)');
    expect(fromHost('127.0.0.1 8081')).toBe('hider\n');
    expect(await serve('neighbour', '-p', '8082:80')).not.toContain('leads to the container');
  } finally {
    server.close();
  }
  for (const name of ['hider', 'neighbour']) await tslxc('destroy', name);
});

test.each([
  ['[::1]:8085:80', "ports of ::1 can't be forwarded"],
  ['[2001:db8::1]:8085:80', "ports of the host's IPv6 address 2001:db8::1 can't lead"],
])('a port at an address that leads nowhere is refused by its own -p: %s', async (port, why) => {
  const words = ['run', '-p', '8086:80', '-p', port, 'web', '--', 'true'];
  expect(await runCommand(words, { root: world.root.path })).toMatchObject({
    ...{ code: 125, stdout: '' },
    stderr: expect.stringContaining(
      `error: '${port}' for <publish> option: unsupported configuration: ${why}`,
    ) as string,
  });
});

test('a port that is published at 0.0.0.0 is that of each address of IPv4', async () => {
  await serve('every', '-p', '0.0.0.0:8084:80');
  expect(fromHost('127.0.0.1 8084')).toBe('every\n');
  expect(world.server.run('sh', '-c', ask(`${ServerNetwork.hostAddress} 8084`))).toBe('every\n');
  await tslxc('destroy', 'every');
});
