/** `<virtualport type='openvswitch'>`: the ports that containers are of a bridge of Open vSwitch, which go with them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { withoutProgram } from '../support/fake/hidden-program';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { host, ip } from '../support/network/host-links';
import { interfaceXml, macOf } from '../support/network/network-world';
import { OpenVswitch, ovs } from '../support/network/open-vswitch';
import { libraryPath, libraryWords } from '../support/process/library-child';
import { commandEnvironment } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { monitorsOf } from '../support/world/container-traces';

let openVswitch: OpenVswitch;

beforeAll(async () => {
  openVswitch = await OpenVswitch.start();
  await openVswitch.bridge('ovsbr0', '192.0.2.1/24');
});

afterAll(() => openVswitch[Symbol.asyncDispose]());

const world = containerTest(rootAndConnection);

const interfaceId = '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f';
const uuid = '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f';

interface Wanted {
  readonly parameters?: string;
  readonly more?: string;
  readonly mac?: string;
  readonly bridge?: string;
}

function onSwitch({ parameters = '', more = '', mac, bridge = 'ovsbr0' }: Wanted = {}): string {
  const port = `<virtualport type='openvswitch'>${parameters}</virtualport>`;
  const source = `bridge='${bridge}'`;
  return interfaceXml({ type: 'bridge', source, more: port + more, ...(mac && { mac }) });
}

const documentOf = (devices: string): string =>
  domainXml({ name: 'plugged', uuid, init: '/bin/sleep', initArguments: ['1000'], devices });

const start = (wanted: Wanted = {}): Promise<Domain> =>
  world.connection.createDomain(documentOf(onSwitch(wanted)));

const ports = (): string[] => ovs('list-ports', 'ovsbr0').split('\n').filter(Boolean);
const idOf = (port: string, name: string): string =>
  ovs('--if-exists', 'get', 'Interface', port, `external_ids:${name}`).replaceAll('"', '');
const columnOf = (port: string, name: string): string => ovs('get', 'Port', port, name);

test('a container is a port with libvirt’s ids, talks, and is none any more at its end', async () => {
  const domain = await start({
    parameters: `<parameters interfaceid='${interfaceId}' profileid='web profile'/>`,
    more: "<target dev='ovs0'/><ip address='192.0.2.10' prefix='24'/>",
  });
  expect(ports()).toEqual(['ovs0']);
  const names = ['attached-mac', 'iface-id', 'vm-id', 'port-profile', 'iface-status'];
  expect(names.map((name) => idOf('ovs0', name))).toEqual([
    macOf('01'),
    interfaceId,
    uuid,
    'web profile',
    'active',
  ]);
  await eventually(async () => {
    const ping = ['busybox', 'ping', '-c', '1', '-W', '2', '192.0.2.1'];
    expect((await runIn(domain, ping)).result).toEqual({ code: 0 });
  });
  const [shown] = await domain.interfaces();
  expect(shown).toMatchObject({ type: 'bridge', source: 'ovsbr0', name: 'ovs0' });
  await domain.destroy();
  expect(ports()).toEqual([]);
});

test('without an id it has one of its own, the same at each start', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const domain = await start();
    const id = idOf(ports()[0] ?? '', 'iface-id');
    expect(await domain.xml()).toContain(`<parameters interfaceid='${id}'/>`);
    ids.push(id);
    await domain.destroy();
  }
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids[1]).toBe(ids[0]);
});

test.each([
  ["<vlan><tag id='42'/></vlan>", { tag: '42', trunks: '[]', vlan_mode: '[]' }],
  [
    "<vlan trunk='yes'><tag id='42'/><tag id='47'/></vlan>",
    { tag: '[]', trunks: '[42, 47]', vlan_mode: '[]' },
  ],
  [
    "<vlan><tag id='42' nativeMode='untagged'/><tag id='47'/></vlan>",
    { tag: '42', trunks: '[42, 47]', vlan_mode: 'native-untagged' },
  ],
])('%s is that of the port', async (vlan, expected) => {
  await start({ more: vlan });
  const [port = ''] = ports();
  for (const [name, value] of Object.entries(expected)) expect(columnOf(port, name)).toBe(value);
});

test('a tag keeps it from those without one: it is carried out by the switch', async () => {
  const domain = await start({
    more: "<vlan><tag id='42'/></vlan><ip address='192.0.2.10' prefix='24'/>",
  });
  const ping = ['busybox', 'ping', '-c', '1', '-W', '2', '192.0.2.1'];
  expect((await runIn(domain, ping)).result).toEqual({ code: 1 });
  ovs('clear', 'Port', ports()[0] ?? '', 'tag');
  await eventually(async () => expect((await runIn(domain, ping)).result).toEqual({ code: 0 }));
});

test('interfaces of a network are ports of its switch, with what their group says', async () => {
  const network = await world.connection.defineNetwork(
    `<network><name>lab</name><forward mode='bridge'/><bridge name='ovsbr0'/>
      <virtualport type='openvswitch'><parameters profileid='usual'/></virtualport>
      <portgroup name='blue'>
        <vlan><tag id='42'/></vlan><virtualport><parameters profileid='blue'/></virtualport>
      </portgroup></network>`,
  );
  await network.start();
  const onNetwork = (mac: string, attributes: string, more = ''): string =>
    interfaceXml({ type: 'network', source: `network='lab' ${attributes}`, mac, more });
  const parameters = `<virtualport><parameters interfaceid='${interfaceId}'/></virtualport>`;
  const domain = await world.connection.createDomain(
    documentOf(
      onNetwork('01', '', "<target dev='ovs1'/>") +
        onNetwork('02', "portgroup='blue'", `<target dev='ovs2'/>${parameters}`),
    ),
  );
  expect(ports()).toEqual(['ovs1', 'ovs2']);
  expect(ports().map((port) => idOf(port, 'port-profile'))).toEqual(['usual', 'blue']);
  expect(ports().map((port) => columnOf(port, 'tag'))).toEqual(['[]', '42']);
  expect(idOf('ovs2', 'iface-id')).toBe(interfaceId);
  await domain.destroy();
  expect(ports()).toEqual([]);
  await network.destroy();
  await network.undefine();
});

test('a network of another kind has no such port, and one of a bridge of the kernel does not start', async () => {
  const plain = await world.connection.defineNetwork(
    `<network><name>plain</name><bridge name='plainbr0'/><ip address='192.0.3.1' prefix='24'/></network>`,
  );
  await plain.start();
  const port = "<virtualport type='openvswitch'/>";
  const devices = interfaceXml({ type: 'network', source: "network='plain'", more: port });
  await expect(world.connection.createDomain(documentOf(devices))).rejects.toThrow(
    "<virtualport type='openvswitch'> not supported for network 'plain' which uses IP forwarding",
  );
  await plain.destroy();
  await plain.undefine();
  ip('link', 'add', 'br9', 'type', 'bridge');
  const wrong = await world.connection.defineNetwork(
    `<network><name>wrong</name><forward mode='bridge'/><bridge name='br9'/>${port}</network>`,
  );
  await expect(wrong.start()).rejects.toThrow(
    "the interface 'br9' is a bridge of the kernel, not of Open vSwitch",
  );
  await wrong.undefine();
  ip('link', 'delete', 'br9');
});

test('one is attached to a running container, and detached', async () => {
  const domain = await start();
  const before = ports();
  await domain.attachDevice(onSwitch({ mac: '02' }));
  expect(ports()).toHaveLength(2);
  await domain.detachDevice(onSwitch({ mac: '02' }));
  expect(ports()).toEqual(before);
});

test('a caller that is killed when the port is there leaves none', async () => {
  const xml = documentOf(onSwitch());
  const [program, ...words] = libraryWords(
    `await (await connect()).createDomain(${JSON.stringify(xml)});`,
  );
  const env = {
    ...commandEnvironment(world.root.path),
    TSLXC_FAILPOINT: 'init:before-ready=stopSelf',
  };
  const child = spawn(program, words, { env, stdio: 'ignore' });
  await eventually(() => expect(ports()).toHaveLength(1));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await eventually(async () => {
    await world.connection.listDomains();
    expect(ports()).toEqual([]);
  });
});

test('a monitor that is killed leaves none', async () => {
  await start();
  expect(ports()).toHaveLength(1);
  for (const monitor of monitorsOf('plugged')) process.kill(monitor, 'SIGKILL');
  await eventually(async () => {
    await world.connection.listDomains();
    expect(ports()).toEqual([]);
  });
});

test('a failed start leaves none', async () => {
  const route = "<route address='198.51.100.0' prefix='24' gateway='203.0.113.9'/>";
  await expect(start({ more: route })).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
  expect(ports()).toEqual([]);
});

test('a port of that name that has become another’s is left', async () => {
  const domain = await start({ more: "<target dev='ovs0'/>" });
  ovs('set', 'Interface', 'ovs0', 'external_ids:attached-mac="52:54:00:00:00:99"');
  await domain.destroy();
  expect(ports()).toEqual(['ovs0']);
  ovs('del-port', 'ovs0');
});

test('what is no bridge of Open vSwitch is refused', async () => {
  ip('link', 'add', 'br9', 'type', 'bridge');
  await expect(start({ bridge: 'br9' })).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining(
      "the bridge 'br9' is a bridge of the kernel, not of Open vSwitch (domain/devices/interface, line ",
    ) as string,
  });
  ip('link', 'delete', 'br9');
  ip('link', 'add', 'card9', 'type', 'veth', 'peer', 'wire9');
  await expect(start({ bridge: 'card9' })).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining(
      "Open vSwitch has no bridge 'card9' (domain/devices/interface, line ",
    ) as string,
  });
  ip('link', 'delete', 'card9');
  expect(host.names().filter((name) => name.startsWith('vnet'))).toEqual([]);
});

test('a switch that does not answer is an error, and there is nothing to be given back', async () => {
  const domain = await world.connection.defineDomain(documentOf(onSwitch()));
  renameSync('/run/openvswitch/db.sock', '/run/openvswitch/hidden');
  try {
    await expect(domain.start()).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: expect.stringContaining('database connection failed') as string,
    });
    await domain.undefine();
  } finally {
    renameSync('/run/openvswitch/hidden', '/run/openvswitch/db.sock');
  }
});

test('without ovs-vsctl a start is refused, and says what to install', () => {
  const failure = withoutProgram(
    'ovs-vsctl',
    `const { connect } = require(${libraryPath});
     const connection = await connect(undefined, { root: ${JSON.stringify(world.root.path)} });
     return connection.createDomain(${JSON.stringify(documentOf(onSwitch()))})
       .then(() => undefined, ({ code, message }) => ({ code, message }));`,
  );
  expect(failure).toEqual({
    code: 'OPERATION_UNSUPPORTED',
    message: expect.stringContaining(
      'there is no ovs-vsctl on this machine: install the Debian package openvswitch-switch',
    ) as string,
  });
});
