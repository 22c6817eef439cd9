/**
 * `<filterref>`: what root inside sends with addresses that are not its own does not leave the bridge's port, from the first
 * moment on; without a filter it does. The rules go with the interface, whatever dies.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Domain } from 'tslxc';
import { withoutProgram } from '../support/fake/hidden-program';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { allFrames, arriving } from '../support/network/frames';
import type { FrameName } from '../support/network/frames';
import { HostLinks, host } from '../support/network/host-links';
import { interfaceXml, macOf } from '../support/network/network-world';
import { libraryPath, libraryWords } from '../support/process/library-child';
import { commandEnvironment, runCommand } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { monitorsOf } from '../support/world/container-traces';
import { containerTest, rootAndConnection } from '../support/world/container-test';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0', '192.0.2.1/24', '2001:db8::1/64');
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(rootAndConnection);

const own = '192.0.2.10';
const ip = `<parameter name='IP' value='${own}'/>`;

function filterXml(filter: string, parameters = ip): string {
  return `<filterref filter='${filter}'>${parameters}</filterref>`;
}

const onBridge = (more: string, mac = '01'): string =>
  interfaceXml({ type: 'bridge', source: "bridge='br0'", mac, more });

/** On the shared root, for its Python. */
const documentOf = (devices: string, name = 'sender'): string =>
  domainXml({ name, init: '/bin/sleep', initArguments: ['1000'], devices });

const start = (more: string): Promise<Domain> =>
  world.connection.createDomain(documentOf(onBridge(more)));

async function sent(
  domain: Domain,
  names?: readonly FrameName[],
  digits = '01',
): Promise<string[]> {
  await untilForwarding();
  const sender = {
    domain,
    interface: `eth${Number(digits) - 1}`,
    mac: macOf(digits),
    address: own,
  };
  return arriving(sender, 'br0-end', names);
}

/** A port drops what comes until the kernel has got round to its carrier, and each frame is sent once. */
async function untilForwarding(): Promise<void> {
  await eventually(() => {
    const ports = host.links().filter(({ master }) => master === 'br0');
    const states = ports.map(({ linkinfo }) => linkinfo?.info_slave_data?.state);
    expect(states).toEqual(ports.map(() => 'forwarding'));
  });
}

const pingWords = (address: string): string[] => [
  'busybox',
  address.includes(':') ? 'ping6' : 'ping',
  '-c',
  '1',
  '-W',
  '2',
  address,
];

const tables = (): string[] =>
  execFileSync('nft', ['list', 'tables', 'bridge'], { encoding: 'utf8' }).split('\n').slice(0, -1);

const without = (...names: readonly FrameName[]): FrameName[] =>
  allFrames.filter((name) => !names.includes(name));

test('control: without a filter everything arrives', async () => {
  expect(await sent(await start(''))).toEqual(allFrames);
});

test.each<[string, FrameName[]]>([
  ['clean-traffic', ['unicast', 'broadcast', 'dhcp', 'arp']],
  ['no-mac-spoofing', without('mac')],
  ['no-ip-spoofing', without('ip', 'vlan-ip', 'nobody')],
  ['no-arp-spoofing', without('arp-mac', 'arp-ip')],
  ['no-arp-mac-spoofing', without('arp-mac')],
  ['no-arp-ip-spoofing', without('arp-ip')],
  ['no-mac-broadcast', without('broadcast', 'dhcp')],
  ['no-other-l2-traffic', without('vlan', 'vlan-ip', 'ipv6', 'rarp')],
])('with %s there arrives what it lets pass, and nothing else', async (filter, expected) => {
  expect(await sent(await start(filterXml(filter)))).toEqual(expected);
});

test('the container talks with its own address, and by IPv6 only where that is not filtered', async () => {
  const reached = async (domain: Domain, address: string): Promise<boolean> =>
    isDeepStrictEqual((await runIn(domain, pingWords(address))).result, { code: 0 });
  const addresses = `<ip address='${own}' prefix='24'/><ip family='ipv6' address='2001:db8::10' prefix='64'/>`;
  const open = await start(addresses);
  await eventually(async () => expect(await reached(open, '2001:db8::1')).toBe(true));
  await open.destroy();
  // The addresses of <ip> are those that it may use.
  const clean = await start(`${addresses}${filterXml('clean-traffic', '')}`);
  await eventually(async () => expect(await reached(clean, '192.0.2.1')).toBe(true));
  expect(await reached(clean, '2001:db8::1')).toBe(false);
  expect(await sent(clean, ['unicast', 'ip', 'arp-ip', 'arp'])).toEqual(['unicast', 'arp']);
});

test('where no address is known, the first that it uses is the only one', async () => {
  const domain = await start(filterXml('clean-traffic', ''));
  expect(await sent(domain, ['dhcp', 'arp', 'ip', 'arp-ip', 'unicast'])).toEqual([
    'dhcp',
    'arp',
    'unicast',
  ]);
});

test('an address that the network’s DHCP keeps for it is its own', async () => {
  const network = await world.connection.defineNetwork(
    `<network><name>lab</name><bridge name='labbr2'/><ip address='192.0.3.1' prefix='24'><dhcp>` +
      `<range start='192.0.3.2' end='192.0.3.9'/><host mac='${macOf('01')}' ip='192.0.3.7'/></dhcp></ip></network>`,
  );
  await network.start();
  const devices = interfaceXml({
    type: 'network',
    source: "network='lab'",
    more: filterXml('clean-traffic', ''),
  });
  const domain = await world.connection.createDomain(documentOf(devices));
  const rules = execFileSync('nft', ['list', 'ruleset', 'bridge'], { encoding: 'utf8' });
  expect(rules).toContain('elements = { 192.0.3.7 }');
  await domain.destroy();
  await network.destroy();
  await network.undefine();
});

test('an interface that is attached has its filter, which goes with it; it can’t be changed', async () => {
  const domain = await start(filterXml('no-mac-spoofing'));
  const before = tables();
  expect(before).toHaveLength(1);
  const attached = (more: string): string => onBridge(`<target dev='filtered'/>${more}`, '02');
  await domain.attachDevice(attached(filterXml('clean-traffic')));
  expect(tables()).toHaveLength(2);
  expect(await sent(domain, ['mac', 'ip', 'arp', 'unicast'], '02')).toEqual(['arp', 'unicast']);
  await expect(domain.updateDevice(attached(filterXml('no-ip-spoofing')))).rejects.toThrow(
    'only <link>, <bandwidth> and <portForward> can be changed while the container runs',
  );
  await domain.updateDevice(attached(`${filterXml('clean-traffic')}<link state='down'/>`));
  await domain.updateDevice(attached(filterXml('clean-traffic')));
  await eventually(() => expect(host.link('filtered').operstate).toBe('UP'));
  expect(await sent(domain, ['mac', 'ip', 'arp', 'unicast'], '02')).toEqual(['arp', 'unicast']);
  await domain.detachDevice(onBridge('', '02'));
  expect(tables()).toEqual(before);
  expect(await domain.xml()).toContain("<filterref filter='no-mac-spoofing'>");
});

test('a caller that is killed when the rules are there, and nothing else, leaves none', async () => {
  const xml = documentOf(onBridge(filterXml('clean-traffic')));
  const [program, ...words] = libraryWords(
    `await (await connect()).createDomain(${JSON.stringify(xml)});`,
  );
  const env = {
    ...commandEnvironment(world.root.path),
    TSLXC_FAILPOINT: 'controller:after-targets=killController',
  };
  const child = spawn(program, words, { env, stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(tables()).toHaveLength(1);
  await world.connection.listDomains();
  await eventually(() => expect(tables()).toEqual([]));
});

test('a monitor that is killed leaves no rules', async () => {
  await start(filterXml('clean-traffic'));
  expect(tables()).toHaveLength(1);
  for (const monitor of monitorsOf('sender')) process.kill(monitor, 'SIGKILL');
  await eventually(async () => {
    await world.connection.listDomains();
    expect(tables()).toEqual([]);
  });
});

test('a failed start leaves no rules', async () => {
  const route = "<route address='198.51.100.0' prefix='24' gateway='203.0.113.9'/>";
  await expect(start(`${filterXml('clean-traffic')}${route}`)).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
  });
  expect(tables()).toEqual([]);
  expect(host.names()).not.toContain('vnet1000');
});

test('doctor knows the rules of what runs, and finds those of nothing', async () => {
  await start(filterXml('clean-traffic'));
  const shown = async (): Promise<string> => {
    const { stdout } = await runCommand(['doctor', '--json'], { root: world.root.path });
    return stdout;
  };
  expect(await shown()).not.toContain('leftover.table');
  execFileSync('nft', [
    'add table bridge tslxc_filter_x; add chain bridge tslxc_filter_x c { type filter hook input priority 0; }',
  ]);
  expect(await shown()).toContain('bridge tslxc_filter_x belongs to no interface');
  execFileSync('nft', ['delete', 'table', 'bridge', 'tslxc_filter_x']);
});

test('without nft a start is refused, and says what to install', () => {
  const xml = JSON.stringify(documentOf(onBridge(filterXml('clean-traffic'))));
  const failure = withoutProgram(
    'nft',
    `const { connect } = require(${libraryPath});
     const connection = await connect(undefined, { root: ${JSON.stringify(world.root.path)} });
     return connection.createDomain(${xml}).then(() => undefined, ({ code, message }) => ({ code, message }));`,
  );
  expect(failure).toEqual({
    code: 'OPERATION_UNSUPPORTED',
    message: expect.stringContaining(
      'there is no nft on this machine: install the Debian package nftables',
    ) as string,
  });
});
