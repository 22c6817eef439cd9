/** Ports of the host that lead to a container: from outside, from the host, from a neighbour, live, and what is left of them. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Domain, Warning } from 'tslxc';
import { readPortClaims } from '../../lib/container/interfaces/port/port-claims';
import { domainXml } from '../support/domain/domain-xml';
import { inside } from '../support/domain/inside';
import { ServerNetwork } from '../support/network/server-network';
import { DrivenChild } from '../support/process/driven-child';
import { readProcess } from '../support/process/processes';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  const server = keep(await ServerNetwork.open());
  return { connection, tree, server, root: root.path };
});

const gateway = '192.168.150.1';
const mac = (last: string): string => `52:54:00:00:15:${last}`;

async function startNetwork(forward: string): Promise<void> {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>
    ${forward}
    <bridge name='lab0'/>
    <ip address='${gateway}' netmask='255.255.255.0'>
      <dhcp>
        <range start='192.168.150.100' end='192.168.150.200'/>
        <host mac='${mac('99')}' ip='192.168.150.99'/>
      </dhcp>
    </ip>
    <ip family='ipv6' address='fd00:77::1' prefix='64'/>
  </network>`);
  await network.start();
}

const ownAddresses = `<ip address='192.168.150.10' prefix='24'/>
  <ip family='ipv6' address='fd00:77::10' prefix='64'/>
  <route address='0.0.0.0' prefix='0' gateway='${gateway}'/>
  <route family='ipv6' address='::' prefix='0' gateway='fd00:77::1'/>`;

const device = (last: string, content: string): string =>
  `<interface type='network'><mac address='${mac(last)}'/><source network='lab'/>${content}</interface>`;

const web = (ranges: string): string => `<portForward proto='tcp'>${ranges}</portForward>`;

async function define(name: string, interfaceXml: string): Promise<Domain> {
  const filesystems = [{ source: world.tree, target: '/' }];
  return await world.connection.defineDomain(
    domainXml({ name, filesystems, devices: interfaceXml }),
  );
}

/** A container that answers at its ports 80 and 81. */
async function start(name: string, interfaceXml: string): Promise<Domain> {
  const domain = await define(name, interfaceXml);
  await domain.start();
  for (const port of [80, 81]) {
    await inside(domain, `(nc -ll -p ${port} -e echo ${name}${port} &)`);
    await domain.waitFor({ port });
  }
  return domain;
}

/** An answer ends the connection: the seconds are for what is not answered. */
const ask = (to: string, seconds = 20): string =>
  `busybox nc -w ${seconds} ${to} </dev/null 2>&1; echo status=$?`;
const fromHost = (to: string): string => execFileSync('sh', ['-c', ask(to)], { encoding: 'utf8' });
const fromOutside = (to: string): string => world.server.run('sh', '-c', ask(to));

const tables = (): string[] =>
  execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('tslxc_forward'));

const answer = (of: string): string => `${of}\nstatus=0\n`;
const { hostAddress } = ServerNetwork;

test.each([
  ['nat', "<forward mode='nat'/>"],
  ['route', "<forward mode='route'/>"],
  ['open', "<forward mode='open'/>"],
])('in a network of the mode %s, ports lead to the container', async (mode, forward) => {
  await startNetwork(forward);
  const ports = web("<range start='8080' to='80'/><range start='9080' end='9082' to='80'/>");
  const alpha = await start('alpha', device('10', ownAddresses + ports));
  const beta = await start('beta', device('11', ownAddresses.replaceAll('10', '11')));
  await eventually(() => expect(fromOutside(`${hostAddress} 8080`)).toBe(answer('alpha80')));
  expect(fromOutside(`${hostAddress} 9081`)).toBe(answer('alpha81'));
  expect(fromOutside(`${hostAddress} 8081`)).toContain('status=1');
  expect(fromHost(`${hostAddress} 8080`)).toBe(answer('alpha80'));
  expect(fromHost('127.0.0.1 8080')).toContain(mode === 'open' ? 'status=1' : 'alpha80');
  // Addresses of IPv6 are looked for among the neighbours before they are used.
  await eventually(() => expect(fromHost('fd00:77::1 8080')).toBe(answer('alpha80')));
  // A neighbour asks the host, and hears from the container that it asked the host for.
  expect(await inside(beta, `nc -w 20 ${gateway} 8080`)).toBe('alpha80\n');
  expect(tables()).toHaveLength(1);
  await alpha.destroy();
  await beta.destroy();
  expect(tables()).toEqual([]);
});

describe('the loopback addresses of the host', () => {
  const program =
    "require('node:net').createServer((client) => client.end('secret\\n')).listen(7777, '127.0.0.5');" +
    "require('node:dgram').createSocket('udp4').on('message', (_, { address }) => console.log(address))" +
    ".bind(7778, () => console.log('listening'))";
  /** Root in the container sends to one of these addresses by its eth0, and has another one there. */
  const aim =
    'ip route del local 127.0.0.0/8 dev lo table local; ip route add 127.0.0.5 via 192.168.150.1; ' +
    'ip address add 127.0.0.2/32 dev eth0; echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet';
  const send = (from: string): string =>
    `python3 -c "import socket; s = socket.socket(type=socket.SOCK_DGRAM); ` +
    `s.bind(('${from}', 0)); s.sendto(b'word', ('${gateway}', 7778))"`;
  const reversePaths = '/proc/sys/net/ipv4/conf/all/rp_filter';
  let strictness = '';

  beforeEach(() => {
    // Where nothing else looks at sources.
    strictness = readFileSync(reversePaths, 'utf8');
    writeFileSync(reversePaths, '0');
  });

  afterEach(() => writeFileSync(reversePaths, strictness));

  test('no container reaches, nor is taken for one of them, as it would without the rules of its network', async () => {
    await startNetwork("<forward mode='nat'/>");
    // The rules are as an older package has made them: the start makes what they lack.
    execFileSync('nft', ['delete', 'chain', 'inet', 'tslxc_lab0', 'loopback']);
    const ports = web("<range start='8080' to='80'/>");
    await start('alpha', device('10', ownAddresses + ports));
    const net = `--net=/proc/${await initOf('alpha')}/ns/net`;
    const attempt = (line: string): string =>
      execFileSync('nsenter', [net, 'sh', '-c', line], { encoding: 'utf8' });
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const listener = spawn(process.execPath, ['-e', program], { stdio: [...stdio] });
    let heard = '';
    listener.stdout.on('data', (chunk) => (heard += String(chunk)));
    try {
      await eventually(() => expect(heard).toBe('listening\n'));
      expect(fromHost('127.0.0.5 7777')).toContain('secret');
      attempt(aim);
      expect(attempt(ask('127.0.0.5 7777', 2))).not.toContain('secret');
      attempt(send('127.0.0.2'));
      // The next one by the same way.
      attempt(send('192.168.150.10'));
      await eventually(() => expect(heard).toBe('listening\n192.168.150.10\n'));
      execFileSync('nft', ['flush', 'chain', 'inet', 'tslxc_lab0', 'loopback']);
      await eventually(() => expect(attempt(ask('127.0.0.5 7777', 2))).toContain('secret'));
      await eventually(() => {
        attempt(send('127.0.0.2'));
        expect(heard).toMatch(/^127\.0\.0\.2$/m);
      });
    } finally {
      listener.kill('SIGKILL');
      await once(listener, 'exit');
    }
  });
});

test('the address that the network keeps for it will do, or one that DHCP gives; without one the start is refused', async () => {
  await startNetwork("<forward mode='nat'/>");
  const ports = web("<range start='8080' to='80'/>");
  const alpha = await start('alpha', device('99', ports));
  expect(await inside(alpha, 'udhcpc -q -n')).toMatch(/lease of 192.168.150.99 obtained/);
  await eventually(() => expect(fromOutside(`${hostAddress} 8080`)).toBe(answer('alpha80')));
  const filesystems = [{ source: world.tree, target: '/' }];
  const refused = async (content: string): Promise<unknown> => {
    const devices = device('20', content);
    const beta = await world.connection.defineDomain(
      domainXml({ name: 'beta', filesystems, devices }),
    );
    return beta.start().catch((error: unknown) => error);
  };
  const six = web("<range start='80'/>").replace(
    "proto='tcp'",
    "proto='tcp' address='2001:db8::1'",
  );
  expect(await refused(six)).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/interface/portForward',
    message: expect.stringContaining(
      "ports of the host's IPv6 address 2001:db8::1 can't lead to the interface, of which no IPv6 address is known",
    ) as string,
  });
  expect(await refused(six.replace('2001:db8::1', '0:0::1'))).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/interface/portForward',
    message: expect.stringContaining("ports of ::1 can't be forwarded") as string,
  });
  expect(await refused(ownAddresses + web("<range start='8000' end='8100'/>"))).toMatchObject({
    code: 'RESOURCE_BUSY',
    message: expect.stringContaining("forwarded to the domain 'alpha' already") as string,
  });
  expect(tables()).toHaveLength(1);
  const gamma = await start('gamma', device('30', web("<range start='9090' to='80'/>")));
  expect(await inside(gamma, 'udhcpc -q -n')).toMatch(/lease of 192.168.150.\d+ obtained/);
  await eventually(() => expect(fromOutside(`${hostAddress} 9090`)).toBe(answer('gamma80')));
});

test('of two starts that find a port free, one gets it, and the other is told who', async () => {
  await startNetwork("<forward mode='nat'/>");
  await define('alpha', device('10', ownAddresses + web("<range start='8000' end='8100'/>")));
  const env = { TSLXC_FAILPOINT: 'controller:before-start-record=stopSelf' };
  await using caller = await DrivenChild.start(world.root, { env });
  const outcome = caller.try("await (await connection.lookupDomainByName('alpha')).start();");
  await eventually(() => expect(readProcess(caller.pid).state).toBe('T'));
  const other = device('11', ownAddresses.replaceAll('10', '11') + web("<range start='8080'/>"));
  const beta = await define('beta', other);
  await beta.start();
  process.kill(caller.pid, 'SIGCONT');
  expect(await outcome).toMatchObject({
    error: {
      code: 'RESOURCE_BUSY',
      // Of a stored definition, whose line the message names.
      path: expect.stringMatching(/alpha\.xml$/) as string,
      message: expect.stringContaining(
        "the port 8080 (tcp) is forwarded to the domain 'beta' already",
      ) as string,
    },
  });
  expect(tables()).toHaveLength(1);
  await beta.destroy();
  expect(readPortClaims()).toEqual([]);
});

test('an isolated network passes nothing on', async () => {
  await startNetwork('');
  await expect(
    start('alpha', device('10', ownAddresses + web("<range start='80'/>"))),
  ).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/interface/portForward',
  });
});

test('a loopback address of the host is forwarded only where its packets can be led out', async () => {
  await startNetwork("<forward mode='open'/>");
  const ports = web('').replace("proto='tcp'", "proto='tcp' address='127.0.0.1'");
  await expect(start('alpha', device('10', ownAddresses + ports))).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/interface/portForward',
    message: expect.stringContaining("into the network 'lab' of the mode open") as string,
  });
});

test('a port at which a program of the host listens is warned of also when it comes while it runs', async () => {
  await startNetwork("<forward mode='nat'/>");
  const busy = createServer().listen(8090, '127.0.0.1');
  try {
    await once(busy, 'listening');
    const alpha = await define('alpha', device('10', ownAddresses));
    await alpha.start();
    const warnings: Warning[] = [];
    const options = { which: 'live', onWarning: (one: Warning) => warnings.push(one) } as const;
    const told = (): readonly string[] => warnings.splice(0).map(({ message }) => message);
    const hides = [
      'a program of the host can not be reached at a port that leads to the container: 8090 (tcp)',
    ];
    const hiding = ownAddresses + web("<range start='8090' to='80'/>");
    await alpha.updateDevice(device('10', hiding), options);
    expect(told()).toEqual(hides);
    // The ports stay as they are.
    await alpha.updateDevice(device('10', `${hiding}<link state='up'/>`), options);
    expect(told()).toEqual([]);
    const more = hiding + web("<range start='18091' to='81'/>");
    await alpha.updateDevice(device('10', more), options);
    expect(told()).toEqual([]);
    await alpha.updateDevice(device('10', ownAddresses), options);
    const another = hiding.replaceAll('150.10', '150.12').replaceAll('::10', '::12');
    await alpha.attachDevice(device('12', another.replace(/<route[^>]*>/g, '')), options);
    expect(told()).toEqual(hides);
    expect(tables()).toHaveLength(1);
    await alpha.destroy();
  } finally {
    busy.close();
  }
});

test('ports come, change and go while it runs', async () => {
  await startNetwork("<forward mode='nat'/>");
  const at = (ports: string): string => device('10', ownAddresses + ports);
  const alpha = await start('alpha', at(''));
  expect(tables()).toEqual([]);
  await alpha.updateDevice(at(web("<range start='8080' to='80'/>")), { which: 'live' });
  await eventually(() => expect(fromOutside(`${hostAddress} 8080`)).toBe(answer('alpha80')));
  expect(await alpha.xml()).toContain("<range start='8080' to='80'/>");
  await alpha.updateDevice(at(web("<range start='8080' to='81'/>")), { which: 'live' });
  expect(fromOutside(`${hostAddress} 8080`)).toBe(answer('alpha81'));
  await alpha.updateDevice(at(''), { which: 'live' });
  expect(fromOutside(`${hostAddress} 8080`)).toContain('status=1');
  expect(tables()).toEqual([]);
  await alpha.updateDevice(at(web("<range start='8080' to='80'/>")), { which: 'live' });
  await alpha.destroy();
  expect(tables()).toEqual([]);
});
