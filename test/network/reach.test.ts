/** Whom a container reaches by a virtual network, and as whom: real packets between real containers and a server. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { ServerNetwork } from '../support/network/server-network';
import { makeTestRoot } from '../support/root/test-root';

const forwardingFile = '/proc/sys/net/ipv4/ip_forward';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  return { connection, tree };
});

/** Defines and starts a network 192.168.150.0/24, with this `<forward>`. */
async function startNetwork(forward: string): Promise<void> {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>
    ${forward}
    <ip address='192.168.150.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.150.100' end='192.168.150.200'/></dhcp>
    </ip>
  </network>`);
  await network.start();
}

/** Starts a container on it: with an address of its own, or with none yet. */
async function startContainer(name: string, address?: string): Promise<Domain> {
  const ip =
    address === undefined
      ? ''
      : `<ip address='${address}' prefix='24'/><route address='0.0.0.0' prefix='0' gateway='192.168.150.1'/>`;
  const devices = `<interface type='network'><source network='lab'/>${ip}</interface>`;
  const filesystems = [{ source: world.tree, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

/** A single packet may be lost while the kernel brings the ports of the bridge up. */
function expectPing(domain: Domain, to: string): Promise<void> {
  return eventually(async () => {
    expect(await inside(domain, `ping ${to}`)).toMatch(/1 packets received/);
  });
}

const askServer = `nc -w 3 ${ServerNetwork.address} 80; echo status=$?`;

test('two containers of a network reach each other by address and by name', async () => {
  await startNetwork(`<forward mode='nat'/>`);
  const [alpha, beta] = [await startContainer('alpha'), await startContainer('beta')];
  expect(await inside(alpha, 'udhcpc -q -n -x hostname:alpha')).toMatch(/lease of .* obtained/);
  expect(await inside(beta, 'udhcpc -q -n -x hostname:beta')).toMatch(/lease of .* obtained/);
  // dnsmasq writes it down once it has answered.
  const address = await eventually(async () => {
    const [lease] = await beta.addresses({ source: 'lease' });
    if (lease === undefined) throw new Error('beta has no lease');
    return lease.address;
  });
  await expectPing(alpha, `-c 1 -W 2 ${address}`);
  await expectPing(alpha, '-c 1 -W 2 beta');
  await expectPing(beta, '-c 1 -W 2 alpha');
});

test('by NAT a server sees the host, and cannot begin a connection itself', async () => {
  await using server = await ServerNetwork.open();
  await startNetwork(`<forward mode='nat'/>`);
  const domain = await startContainer('alpha', '192.168.150.10');
  expect(await inside(domain, askServer)).toBe(`${ServerNetwork.hostAddress}\nstatus=0\n`);
  await inside(domain, '(nc -ll -p 81 -e echo answer &)');
  await domain.waitFor({ port: 81 });
  const attempt = 'busybox nc -w 1 192.168.150.10 81; echo status=$?';
  expect(server.run('sh', '-c', attempt)).toBe('status=1\n');
});

test('by a routed network a server sees the container itself, and reaches it', async () => {
  await using server = await ServerNetwork.open();
  await startNetwork(`<forward mode='route'/>`);
  const domain = await startContainer('alpha', '192.168.150.10');
  expect(await inside(domain, askServer)).toBe(`192.168.150.10\nstatus=0\n`);
  await inside(domain, '(nc -ll -p 81 -e echo answer &)');
  await domain.waitFor({ port: 81 });
  const attempt = 'busybox nc -w 2 192.168.150.10 81; echo status=$?';
  expect(server.run('sh', '-c', attempt)).toBe('answer\nstatus=0\n');
});

test('from an isolated network a container reaches its neighbours, and no other host', async () => {
  await using _server = await ServerNetwork.open();
  // The host forwards, but for other networks.
  const forwarding = readFileSync(forwardingFile, 'utf8');
  writeFileSync(forwardingFile, '1');
  await startNetwork('');
  const alpha = await startContainer('alpha', '192.168.150.10');
  const beta = await startContainer('beta', '192.168.150.11');
  expect(await inside(alpha, askServer)).toMatch(/status=1\n$/);
  await expectPing(alpha, '-c 1 -W 2 192.168.150.11');
  await expectPing(beta, '-c 1 -W 2 192.168.150.1');
  writeFileSync(forwardingFile, forwarding);
});

test('by IPv6 a container has an address, a way out and a name server without asking for them', async () => {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>
    <forward mode='nat'><nat ipv6='yes'/></forward>
    <dns><host ip='fd00:77::9'><hostname>nine</hostname></host></dns>
    <ip address='192.168.150.1' netmask='255.255.255.0'/>
    <ip family='ipv6' address='fd00:77::1' prefix='64'/>
  </network>`);
  await network.start();
  const domain = await startContainer('alpha');
  expect(await domain.waitFor({ address: 'ipv6', timeout: 15_000 })).toMatch(/^fd00:77::/);
  expect(await inside(domain, 'ip -6 route')).toMatch(/^default via fe80::\S+ dev eth0 /m);
  await expectPing(domain, '-6 -c 1 -W 2 fd00:77::1');
  await eventually(async () => {
    expect(await inside(domain, 'nslookup -type=aaaa nine fd00:77::1')).toContain('fd00:77::9');
  });
});
