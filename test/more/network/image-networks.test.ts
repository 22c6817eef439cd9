/** What containers from images are given of networks of several kinds. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, ImageDomain } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { runIn } from '../../support/domain/exec';
import { busyboxLayer, makeLayout } from '../../support/image/image-layout';
import { runCommand } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const source = makeLayout(join(root.path, 'layout'), { layers: [busyboxLayer()] });
  const { layers } = await connection.images.pull(source, { name: 'web' });
  return { root, connection, tree: layers[0] ?? '' };
});

async function startNetwork(forward: string, ips: string): Promise<void> {
  const network = await world.connection.defineNetwork(
    `<network><name>lab</name>${forward}<bridge name='lab0'/>${ips}</network>`,
  );
  await network.start();
}

const lab = { type: 'network', network: 'lab' } as const;

const make = (name: string, domain: ImageDomain = {}): Promise<Domain> =>
  world.connection.createFromImage('web', {
    ...{ name, args: ['sleep', '1000'], interfaces: [lab] },
    ...domain,
  });

const says = async (domain: Domain, ...argv: string[]): Promise<string> =>
  (await runIn(domain, argv)).stdout;

const addressOf = async (domain: Domain): Promise<string | undefined> =>
  / inet (192\.\S+)\//.exec(await says(domain, 'ip', '-4', 'address', 'show', 'eth0'))?.[1];

test('those that are made at once have an address each, which DHCP gives to no other, until none is left', async () => {
  await startNetwork(
    "<forward mode='nat'/>",
    `<ip address='192.168.150.1' netmask='255.255.255.0'>
       <dhcp><range start='192.168.150.100' end='192.168.150.104'/></dhcp>
     </ip>`,
  );
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => make(name)));
  const own = await Promise.all(all.map(addressOf));
  expect(new Set(own).size).toBe(4);
  expect(own.every((address) => /^192\.168\.150\.10[0-4]$/.test(address ?? ''))).toBe(true);
  // Its address is chosen at its start, for a client of DHCP.
  const client = await world.connection.createDomain(
    domainXml({
      name: 'client',
      filesystems: [{ source: world.tree, target: '/' }],
      devices: "<interface type='network'><source network='lab'/></interface>",
    }),
  );
  await expect(make('e')).rejects.toThrow("the network 'lab' has no address left");
  await client.destroy();
  const last = await make('f');
  expect(own).not.toContain(await addressOf(last));
  await all[0]?.destroy();
  expect(await addressOf(await make('g'))).toBe(own[0]);
});

test('without DHCP it is one of the subnet, and a network that leads nowhere has no router', async () => {
  await startNetwork('', "<ip address='192.168.150.1' prefix='29'/>");
  const domain = await make('a');
  expect(await addressOf(domain)).toMatch(/^192\.168\.150\.[2-6]$/);
  expect(await says(domain, 'ip', 'route')).toMatch(/^192\.168\.150\.0\/29 dev eth0 .*\n$/);
  expect(await says(domain, 'nslookup', '-type=a', 'a')).toContain('192.168.150.');
});

test('a network without names leaves the image’s own server, and one of IPv6 alone is enough', async () => {
  await startNetwork(
    "<forward mode='open'/>",
    "<dns enable='no'/><ip family='ipv6' address='fd00:77::1' prefix='64'/>",
  );
  const args = ['nc', '-ll', '-p', '81', '-e', 'echo', 'second'];
  const portForwards = [{ ranges: [{ start: 8080, end: 8081, to: 80 }] }];
  const domain = await make('a', { args, interfaces: [{ ...lab, portForwards }] });
  expect(await says(domain, 'ls', '/etc')).not.toContain('resolv.conf');
  await domain.waitFor({ port: 81 });
  const ask = 'busybox nc -w 2 fd00:77::1 8081 </dev/null';
  expect(execFileSync('sh', ['-c', ask], { encoding: 'utf8' })).toBe('second\n');
});

test('a start tells of the network that it brings up, and the next one that is in it does not', async () => {
  const started: string[] = [];
  const onNetworkStarted = (name: string): void => void started.push(name);
  const interfaces = [{ type: 'network', network: 'default' }] as const;
  const domain: ImageDomain = { args: ['sleep', '1000'], interfaces };
  for (const name of ['a', 'b']) {
    await world.connection.createFromImage('web', { ...domain, name }, { onNetworkStarted });
    expect(started).toEqual(['default']);
  }
});

test('run -q says nothing of the network that it starts', async () => {
  const program = ['web', '--', 'sleep', '1000'];
  const words = ['-q', 'run', '-d', '--name', 'quiet', '--network', 'default', ...program];
  const said = await runCommand(words, { root: world.root.path });
  expect(said).toMatchObject({ code: 0, stdout: 'quiet\n' });
  expect(said.stderr).not.toContain('started');
});

test('a directory of the caller at /etc is left as it is', async () => {
  await startNetwork("<forward mode='nat'/>", "<ip address='192.168.150.1' prefix='24'/>");
  const xml = await world.connection.images.domainXml('web', {
    ...{ args: ['sleep', '1'], interfaces: [lab] },
    mounts: [{ source: '/srv/etc', target: '/etc/' }],
  });
  expect(xml).not.toContain('/etc/resolv.conf');
  expect(xml).toContain("<route family='ipv4' address='0.0.0.0' prefix='0'");
});
