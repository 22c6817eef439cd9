/** What another program takes from running containers and networks is found, named and made again: rules of nftables, and forwarding. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkHost, connect, makeRoot } from 'tslxc';
import type { Domain, Network } from 'tslxc';
import { lockDomain } from '../../lib/container/record/locks';
import { statePaths } from '../../lib/host/state/state-paths';
import { domainXml } from '../support/domain/domain-xml';
import { inside } from '../support/domain/inside';
import { withoutProgram } from '../support/fake/hidden-program';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';
import { containing } from '../unit/driver/refusal';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  return { connection, tree, root: root.path };
});

const gateway = '192.168.150.1';

async function startNetwork(): Promise<Network> {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>
    <forward mode='nat'/>
    <bridge name='lab0'/>
    <ip address='${gateway}' netmask='255.255.255.0'>
      <dhcp><range start='192.168.150.100' end='192.168.150.103'/></dhcp>
    </ip>
  </network>`);
  await network.start();
  return network;
}

const device = (last: number, port: number): string => `<interface type='network'>
  <mac address='52:54:00:00:16:${last}'/>
  <source network='lab'/>
  <ip address='192.168.150.${last}' prefix='24'/>
  <portForward proto='tcp'><range start='${port}' to='80'/></portForward>
  <filterref filter='clean-traffic'/>
</interface>`;

async function start(name: string, devices: string): Promise<Domain> {
  const filesystems = [{ source: world.tree, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

const nft = (...words: string[]): string => execFileSync('nft', words, { encoding: 'utf8' });
/** Counters and handles left out. */
const rules = (): string => nft('-s', 'list', 'ruleset');
const ofContainers = (): string[] =>
  nft('list', 'tables')
    .split('\n')
    .filter((line) => /tslxc_(forward|filter)_/.test(line));

async function findings(): Promise<string> {
  const { checks } = await checkHost({ root: world.root });
  return checks.map(({ id, found, advice }) => `${id}: ${found}; ${advice}`).join('\n');
}

test('after all rules were flushed, a look at the network makes those of its containers again', async () => {
  const network = await startNetwork();
  const alpha = await start('alpha', device(10, 8080));
  await start('beta', device(11, 8081).replace(/<ip .*\/>/, ''));
  await inside(alpha, '(nc -ll -p 80 -e echo served &)');
  await alpha.waitFor({ port: 80 });
  const ask = (): string =>
    execFileSync('sh', ['-c', `busybox nc -w 20 ${gateway} 8080 </dev/null 2>&1; true`], {
      encoding: 'utf8',
    });
  expect(ask()).toBe('served\n');
  const before = rules();
  expect(ofContainers()).toHaveLength(4);
  nft('flush', 'ruleset');
  expect(ask()).not.toContain('served');
  expect(await network.info()).toMatchObject({ active: true });
  expect(sorted(rules())).toBe(sorted(before));
  expect(ask()).toBe('served\n');
  await alpha.destroy();
  expect(ofContainers()).toHaveLength(2);
});

/** The kernel lists tables in the order in which they were made. */
function sorted(ruleset: string): string {
  return ruleset
    .split(/^(?=table )/m)
    .map((table) => table.trim())
    .sort()
    .join('\n');
}

test('so does the start of another container with ports, and none is made for one that is being worked on', async () => {
  const network = await startNetwork();
  await start('alpha', device(10, 8080));
  nft('flush', 'ruleset');
  const lock = await lockDomain(statePaths(world.root), 'alpha');
  await network.info();
  expect(ofContainers()).toEqual([]);
  lock[Symbol.dispose]();
  await start('beta', device(11, 8081));
  expect(ofContainers()).toHaveLength(4);
});

test('an update with the same document makes them again, of a bridge of the host too', async () => {
  await startNetwork();
  const alpha = await start('alpha', device(10, 8080));
  const plain = device(12, 1)
    .replace("type='network'", "type='bridge'")
    .replace("network='lab'", "bridge='lab0'")
    .replace(/<portForward.*<\/portForward>/, '');
  const gamma = await start('gamma', plain);
  const before = sorted(rules());
  nft('flush', 'ruleset');
  expect(await findings()).toContain('tslxc update-device gamma');
  await gamma.updateDevice(plain, { which: 'live' });
  expect(ofContainers()).toHaveLength(1);
  await alpha.updateDevice(device(10, 8080), { which: 'live' });
  expect(sorted(rules())).toBe(before);
});

test('doctor names what is gone, and nothing when all is there', async () => {
  const network = await startNetwork();
  await start('alpha', device(10, 8080));
  expect(await findings()).toContain('are in place');
  nft('flush', 'ruleset');
  execFileSync('sysctl', ['-q', 'net.ipv4.ip_forward=0']);
  const found = await findings();
  expect(found).toContain("rules of network 'lab' are gone");
  expect(found).toContain("IP forwarding is off, which network 'lab' needs");
  expect(found).toMatch(/the filter of the interface vnet\d+ of 'alpha' is gone/);
  expect(found).toMatch(/the forwarding of ports of the interface vnet\d+ of 'alpha' is gone/);
  await network.info();
  expect(await findings()).toContain('are in place');
});

test('without nft it is unknown what is there: doctor says so, and a look at the network takes nothing for gone', async () => {
  await startNetwork();
  await start('alpha', device(10, 8080));
  const before = rules();
  const said = withoutProgram(
    'nft',
    `const { checkHost, connect } = load('index.js');
     const root = ${JSON.stringify(world.root)};
     const { checks } = await checkHost({ root });
     const connection = await connect(undefined, { root });
     const { active } = await (await connection.lookupNetworkByName('lab')).info();
     await connection.close();
     return { active, found: checks.filter(({ id }) => id === 'network.rules').map(({ found }) => found) };`,
  );
  const nothing = 'there is no nft on this machine: install the Debian package nftables';
  expect(said).toEqual({
    active: true,
    found: ["network 'lab' has its rules", 'interfaces have theirs'].map((what) =>
      containing(`it is unknown whether ${what}: Operation not supported: ${nothing}`),
    ),
  });
  expect(rules()).toBe(before);
});

test('forwarding that was switched off is on again after a look, and given back at the end', async () => {
  const forwarding = (): string =>
    execFileSync('sysctl', ['-n', 'net.ipv4.ip_forward'], { encoding: 'utf8' }).trim();
  const before = forwarding();
  const network = await startNetwork();
  expect(forwarding()).toBe('1');
  execFileSync('sysctl', ['-q', 'net.ipv4.ip_forward=0']);
  await network.info();
  expect(forwarding()).toBe('1');
  await network.destroy();
  expect(forwarding()).toBe(before);
});
