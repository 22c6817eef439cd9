/** Containers of a network that find each other by the names of their domains. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Domain, Network } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { inside } from '../support/domain/inside';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  return { connection, tree };
});

const gateway = '192.168.150.1';
const names = '/run/tslxc-names';

async function startNetwork(more = ''): Promise<Network> {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>
    <forward mode='nat'/>
    <bridge name='lab0'/>
    ${more}
    <ip address='${gateway}' netmask='255.255.255.0'>
      <dhcp><range start='192.168.150.100' end='192.168.150.103'/></dhcp>
    </ip>
    <ip family='ipv6' address='fd00:77::1' prefix='64'/>
  </network>`);
  await network.start();
  return network;
}

async function start(name: string, addresses = ''): Promise<Domain> {
  const devices = `<interface type='network'><source network='lab'/>${addresses}</interface>`;
  const filesystems = [{ source: world.tree, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

const lookUp = (domain: Domain, name: string, type = 'a'): Promise<string> =>
  inside(domain, `nslookup -type=${type} ${name} ${gateway}`);

test('with static addresses of both families, from the start on and until the end', async () => {
  const network = await startNetwork();
  const alpha = await start(
    'alpha',
    "<ip address='192.168.150.10' prefix='24'/><ip family='ipv6' address='fd00:77::10' prefix='64'/>",
  );
  const beta = await start('beta', "<ip address='192.168.150.11' prefix='24'/>");
  await eventually(async () => {
    expect(await lookUp(beta, 'alpha')).toMatch(/Address:? .*192\.168\.150\.10$/m);
  });
  expect(await lookUp(beta, 'alpha', 'aaaa')).toContain('fd00:77::10');
  expect(await lookUp(alpha, 'beta')).toContain('192.168.150.11');
  await alpha.destroy();
  await eventually(async () => {
    expect(await lookUp(beta, 'alpha')).not.toContain('192.168.150.10');
  });
  await beta.destroy();
  await network.destroy();
  expect(existsSync(names) ? readdirSync(names) : []).toEqual([]);
});

test('by DHCP, without a word of the client, and beside the name that it tells', async () => {
  await startNetwork();
  const alpha = await start('alpha');
  const beta = await start('beta');
  expect(await inside(beta, 'udhcpc -q -n -x hostname:other')).toMatch(/lease of .* obtained/);
  const [, address = ''] =
    /lease of (\S+) obtained/.exec(await inside(alpha, 'udhcpc -q -n')) ?? [];
  await eventually(async () => {
    expect(await lookUp(beta, 'alpha')).toContain(address);
  });
  const { address: own } = (await beta.addresses({ source: 'inside' })).find(
    ({ family, interface: name }) => family === 'ipv4' && name !== 'lo',
  ) ?? { address: 'none' };
  await eventually(async () => {
    expect(await lookUp(alpha, 'other')).toContain(own);
    expect(await lookUp(alpha, 'beta')).toContain(own);
  });
  expect(await beta.hostname()).toBe('other');
});

test('a client can tell the name of a domain that is off, which that domain takes back when it runs', async () => {
  await startNetwork();
  const alpha = await start('alpha', "<ip address='192.168.150.10' prefix='24'/>");
  await alpha.destroy();
  const beta = await start('beta');
  const tell = 'udhcpc -q -n -x hostname:alpha';
  const [, taken = ''] = /lease of (\S+) obtained/.exec(await inside(beta, tell)) ?? [];
  await eventually(async () => {
    expect(await lookUp(beta, 'alpha')).toMatch(new RegExp(`Address:? .*${taken}$`, 'm'));
  });
  await alpha.start();
  await eventually(async () => {
    expect(await lookUp(beta, 'alpha')).toContain('192.168.150.10');
  });
  expect(await lookUp(beta, 'alpha')).not.toContain(taken);
  // Nor when it is told again.
  await inside(beta, tell);
  expect(await lookUp(beta, 'alpha')).not.toContain(taken);
});

test('each has an address of its own, and one that has ended leaves its own to the next', async () => {
  await startNetwork();
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => start(name)));
  const addresses: string[] = [];
  for (const domain of all) {
    const [, address = ''] =
      /lease of (\S+) obtained/.exec(await inside(domain, 'udhcpc -q -n')) ?? [];
    addresses.push(address);
  }
  expect(new Set(addresses).size).toBe(4);
  const folder = join(names, readdirSync(names)[0] ?? '', 'addresses');
  expect(readdirSync(folder).sort()).toEqual([...addresses].sort());
  await all[0]?.destroy();
  expect(readdirSync(folder)).toHaveLength(3);
});

describe('of a container with a static address', () => {
  /** What dnsmasq is told. */
  async function told(name: string, dns = ''): Promise<string[]> {
    await startNetwork(dns);
    await start(name, "<ip address='192.168.150.12' prefix='24'/>");
    const folder = join(names, readdirSync(names)[0] ?? '', 'hosts');
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  }

  test('the name is told', async () => {
    expect(await told('alpha')).toEqual(['192.168.150.12 alpha.internal alpha\n']);
  });

  test('one that no host has is not', async () => {
    expect(await told('a.b c')).toEqual([]);
  });

  test('a network without names has none', async () => {
    expect(await told('alpha', "<dns enable='no'/>")).toEqual([]);
  });
});
