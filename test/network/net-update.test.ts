/** Parts of a running network change, and containers see it at once: addresses, names, ports, and what a container is called. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import { withoutProgram } from '../support/fake/hidden-program';
import { domainXml } from '../support/domain/domain-xml';
import { inside } from '../support/domain/inside';
import {
  commandEnvironment,
  commandLine,
  runCommand,
  runProgram,
} from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f51';
const mac = '52:54:00:78:00:01';

const xml = `<network>
  <name>lab</name>
  <uuid>${uuid}</uuid>
  <forward mode='nat'/>
  <bridge name='labbr1'/>
  <ip address='192.168.151.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.151.100' end='192.168.151.120'/></dhcp>
  </ip>
</network>
`;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const network = await connection.defineNetwork(xml);
  keep(async () => {
    if ((await network.info()).active) await network.destroy();
  });
  return { root, connection, network };
});

async function stdoutOf(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(words, { root: world.root.path });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function stderrOf(...words: readonly string[]): Promise<string> {
  const { code, stderr } = await runCommand(words, { root: world.root.path });
  expect(code).toBe(1);
  return stderr;
}

function configuration(): string {
  return readFileSync(join(world.root.path, 'run/tslxc/networks/lab/dnsmasq.conf'), 'utf8');
}

/** pid of the network's dnsmasq. */
function server(): string {
  return readFileSync(join(world.root.path, 'run/tslxc/networks/lab/dnsmasq.pid'), 'utf8').trim();
}

test('a host and a name that are added are served by the running network, and stored when asked', async () => {
  const { connection, network, root } = world;
  await network.start();
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  const devices = `<interface type='network'><mac address='${mac}'/><source network='lab'/></interface>`;
  const filesystems = [{ source: tree, target: '/' }];
  const domain = await connection.createDomain(domainXml({ name: 'guest', filesystems, devices }));
  try {
    expect(await stderrOf('domhostname', 'guest')).toBe(
      'error: failed to get hostname\nerror: no hostname found: no hostname found for domain guest\n',
    );
    const host = `<host mac='${mac}' name='named' ip='192.168.151.77'/>`;
    expect(await stdoutOf('net-update', 'lab', 'add', 'ip-dhcp-host', host)).toBe(
      'Updated network lab live state\n\n',
    );
    expect(await network.xml({ which: 'live' })).toContain(host);
    expect(await network.xml({ which: 'inactive' })).not.toContain('<host');
    await inside(domain, 'udhcpc -q -n -i eth0');
    expect(await domain.waitFor({ address: 'ipv4', timeout: 10_000 })).toBe('192.168.151.77');
    await eventually(async () => expect(await domain.hostname()).toBe('named'));
    expect(await stdoutOf('domhostname', 'guest')).toBe('named\n\n');

    const name = "<host ip='192.168.151.50'><hostname>printer</hostname></host>";
    expect(await stdoutOf('net-update', 'lab', 'add', 'dns-host', name, '--live', '--config')).toBe(
      'Updated network lab persistent config and live state\n\n',
    );
    expect(await network.xml({ which: 'inactive' })).toContain('<hostname>printer</hostname>');
    expect(await inside(domain, 'nslookup printer 192.168.151.1')).toContain('192.168.151.50');
    // The lease is that of before: a change takes none away.
    expect(await network.leases()).toMatchObject([{ mac, address: '192.168.151.77' }]);

    await stdoutOf('net-update', 'lab', 'delete', 'dns-host', "<host ip='192.168.151.50'/>");
    expect(await inside(domain, 'nslookup printer 192.168.151.1')).not.toContain('192.168.151.50');

    const port = (await stdoutOf('-q', 'net-port-list', 'lab', '--uuid')).trim();
    expect(await stdoutOf('net-port-dumpxml', 'lab', port)).toBe(
      `<networkport>\n  <uuid>${port}</uuid>\n  <owner>\n    <name>guest</name>\n    <uuid>${domain.uuid}</uuid>\n` +
        `  </owner>\n  <mac address='${mac}'/>\n  <plug type='network' bridge='labbr1'/>\n</networkport>\n\n`,
    );
    expect(await stdoutOf('dumpxml', 'guest')).toContain(
      `<source network='lab' portid='${port}' bridge='labbr1'/>`,
    );
    expect(await stdoutOf('dumpxml', 'guest', '--inactive')).toContain("<source network='lab'/>");
    expect(await stderrOf('net-port-delete', 'lab', port)).toBe(
      `error: Failed to delete network port ${port}\n` +
        `error: Requested operation is not valid: port ${port} is an interface of domain 'guest', which runs\n`,
    );
  } finally {
    await domain.destroy();
  }
  expect(await network.ports()).toEqual([]);
});

test('what changes nothing of DHCP and DNS leaves dnsmasq alone', async () => {
  const { network } = world;
  await network.start();
  const before = server();
  await network.update({ command: 'add-last', section: 'portgroup', xml: "<portgroup name='a'/>" });
  await network.setTitle('a title');
  await network.setMetadata('urn:x', { key: 'k', xml: '<note/>' }, { which: 'both' });
  expect(server()).toBe(before);
  expect(await network.xml()).toContain("<portgroup name='a'/>");
  expect([await network.getTitle(), await network.getTitle({ which: 'inactive' })]).toEqual([
    'a title',
    undefined,
  ]);
  expect(await network.getMetadata('urn:x', { which: 'inactive' })).toBe('<note/>');
});

test('a change that dnsmasq can not carry out leaves the network as it was', async () => {
  const { network } = world;
  await network.start();
  const [text, live] = [configuration(), await network.xml()];
  const xml = "<txt name='a' value='b'/>";
  const update = { command: 'add-last', section: 'dns-txt', xml, which: 'both' };
  const answer = withoutProgram(
    'dnsmasq',
    `const { connect } = load('bundle/library');
    const connection = await connect(undefined, { root: ${JSON.stringify(world.root.path)} });
    const network = await connection.lookupNetworkByName('lab');
    return network.update(${JSON.stringify(update)}).catch(({ code }) => code);`,
  );
  expect(answer).toBe('OPERATION_UNSUPPORTED');
  // The next look brings the server back, as it was.
  expect([await network.xml({ which: 'live' }), await network.xml({ which: 'inactive' })]).toEqual([
    live,
    expect.not.stringContaining('<txt'),
  ]);
  await eventually(() => expect([configuration(), server() !== '']).toEqual([text, true]));
});

test('a server that nothing needs any more ends, and comes back', async () => {
  const { connection, network: other } = world;
  await other.undefine();
  const network = await connection.createNetwork(
    xml.replace("<forward mode='nat'/>", "<forward mode='nat'/><dns enable='no'/>"),
  );
  try {
    const pid = server();
    const range = "<range start='192.168.151.100' end='192.168.151.120'/>";
    const update = { section: 'ip-dhcp-range', xml: range } as const;
    await network.update({ command: 'delete', ...update });
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    await network.update({ command: 'add-last', ...update });
    expect(existsSync(`/proc/${server()}`)).toBe(true);
    await expect(
      network.update({ command: 'add-last', ...update, which: 'inactive' }),
    ).rejects.toThrow('transient networks do not have any persistent config');
  } finally {
    await network.destroy();
    await connection.defineNetwork(xml);
  }
});

test('a stored network is changed where it is off', async () => {
  const { network } = world;
  const range = "<range start='192.168.151.150' end='192.168.151.160'/>";
  expect(await stdoutOf('net-update', 'lab', 'add-first', 'ip-dhcp-range', range)).toBe(
    'Updated network lab persistent config\n\n',
  );
  expect(await network.xml()).toMatch(/150'[^]*100'/);
  expect(await stderrOf('net-update', 'lab', 'add', 'ip-dhcp-range', range)).toMatch(
    /^error: Failed to update network lab\nerror: Requested operation is not valid: there is an existing dhcp range entry/,
  );
  expect(await stderrOf('net-update', 'lab', 'delete', 'ip-dhcp-range', range, '--live')).toBe(
    'error: Failed to update network lab\nerror: Requested operation is not valid: network is not running\n',
  );
  expect(await stderrOf('net-update', 'lab', 'add', 'bridge', '<bridge/>')).toBe(
    'error: Failed to update network lab\n' +
      "error: this function is not supported by the connection driver: can't update 'bridge' section of network 'lab'\n",
  );
  expect(await stdoutOf('net-desc', 'lab', '--title', 'Changed')).toBe(
    'Network title updated successfully\n',
  );
  expect(await stdoutOf('net-list', '--all', '--title')).toContain('Changed');
});

test('a port is made for another program, and is gone with the network', async () => {
  const { network, root } = world;
  const file = join(root.path, 'port.xml');
  const port = '02169d49-0068-4612-b2de-901c4a14c5a3';
  const text = `<networkport><uuid>${port}</uuid><owner><name>x</name><uuid>${uuid}</uuid></owner><mac address='${mac}'/></networkport>`;
  writeFileSync(file, text);
  expect(await stderrOf('net-port-create', 'lab', file)).toBe(
    `error: Failed to create network from ${file}\nerror: Requested operation is not valid: network 'lab' is not active\n`,
  );
  await network.start();
  expect(await stdoutOf('net-port-create', 'lab', file)).toBe(
    `Network port ${port} created from ${file}\n\n`,
  );
  expect(await stdoutOf('net-port-dumpxml', 'lab', port, '--xpath', '//plug/@bridge')).toBe(
    ' bridge="labbr1"\n\n',
  );
  expect(await stderrOf('net-port-create', 'lab', file)).toBe(
    `error: Failed to create network from ${file}\nerror: this network port exists already: Network port with UUID ${port} already exists\n`,
  );
  expect(await stdoutOf('net-port-delete', 'lab', port)).toBe(`Network port ${port} deleted\n\n`);
  await network.createPort(text);
  await network.destroy();
  await network.start();
  expect(await network.ports()).toEqual([]);
});

test('the rates of ports change: of one that was made on record, of a container’s at once', async () => {
  const { connection, network, root } = world;
  await network.start();
  const rates = "<bandwidth><inbound average='10' burst='5'/><outbound average='20'/></bandwidth>";
  const owner = `<owner><name>x</name><uuid>${uuid}</uuid></owner>`;
  const text = `<networkport>${owner}<mac address='52:54:00:78:00:02'/>${rates}</networkport>`;
  const { uuid: made } = await network.createPort(text);
  const both = { inbound: { average: 10, burst: 5 }, outbound: { average: 20 } };
  expect(await network.getPortBandwidth(made)).toEqual(both);
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  const devices = `<interface type='network'><mac address='${mac}'/><source network='lab'/>${rates}</interface>`;
  const filesystems = [{ source: tree, target: '/' }];
  const domain = await connection.createDomain(domainXml({ name: 'guest', filesystems, devices }));
  try {
    const ports = await network.ports();
    const used = ports.find(({ origin }) => origin === 'container')?.uuid ?? '';
    expect(await network.getPortBandwidth(used)).toEqual(both);
    const after = { inbound: { average: 30 }, outbound: { average: 20 } };
    for (const port of [made, used]) {
      await network.setPortBandwidth(port, { inbound: { average: 30 } });
      expect(await network.getPortBandwidth(port)).toEqual(after);
      expect(await network.portXml(port)).toContain("<inbound average='30'/>");
      const senseless = network.setPortBandwidth(port, { outbound: { burst: 5 } });
      await expect(senseless).rejects.toMatchObject({ code: 'INVALID_ARG' });
    }
    expect(await domain.getBandwidth('eth0')).toEqual(after);
    await network.setPortBandwidth(made, { inbound: 'none', outbound: 'none' });
    expect(await network.portXml(made)).not.toContain('bandwidth');
    const floor = { inbound: { average: 30, floor: 10 } };
    await expect(network.setPortBandwidth(used, floor)).rejects.toThrow("Invalid use of 'floor'");
  } finally {
    await domain.destroy();
  }
  const none = { code: 'NO_NETWORK_PORT' };
  await expect(network.getPortBandwidth(uuid)).rejects.toMatchObject(none);
  await expect(network.setPortBandwidth(uuid, {})).rejects.toMatchObject(none);
});

test('the editor changes the stored definition', async () => {
  const { root, network } = world;
  const editor = join(root.path, 'editor');
  writeFileSync(editor, '#!/bin/sh\nsed -i s/151.120/151.130/ "$1"\n', { mode: 0o755 });
  const options = { root: root.path, env: { VISUAL: editor } };
  expect(await runProgram(commandLine('net-edit', 'lab'), options)).toMatchObject({
    code: 0,
    stdout: 'Network lab XML configuration edited.\n\n',
  });
  expect(await network.xml()).toContain("end='192.168.151.130'");
  const broken = { ...options, env: { VISUAL: `sed -i s/192/999/` } };
  const { code, stderr } = await runProgram(commandLine('net-edit', 'lab'), broken);
  expect(code).toBe(1);
  const [, kept = ''] = /^The text that was edited is in (.*)$/m.exec(stderr) ?? [];
  expect(readFileSync(kept, 'utf8')).toContain('999');
  execFileSync('rm', ['-r', join(kept, '..')], { env: commandEnvironment() });
});
