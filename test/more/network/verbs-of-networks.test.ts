/** The verbs about virtual networks and the interfaces of a container: each option on a real one, and what each refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { inside } from '../../support/domain/inside';
import { commandOn } from '../../support/process/command-on';
import { runCommand, spawnCommand } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';

const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f53';
const mac = '52:54:00:79:00:01';
const second = '52:54:00:79:00:02';

const networkXml = (name: string, octet: number): string => `<network>
  <name>${name}</name>
  <forward mode='nat'/>
  <bridge name='${name}br'/>
  <ip address='192.168.${octet}.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.${octet}.100' end='192.168.${octet}.120'/></dhcp>
  </ip>
</network>
`;

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const xml = networkXml('lab', 153).replace('</name>', `</name>\n  <uuid>${uuid}</uuid>`);
    const network = await connection.defineNetwork(xml);
    keep(() => network.destroy());
    await network.start();
    const tree = join(root.path, 'tree');
    await makeRoot(tree);
    const filesystems = [{ source: tree, target: '/' }];
    const devices = `<interface type='network'><mac address='${mac}'/><source network='lab'/></interface>`;
    const domain = await connection.defineDomain(
      domainXml({ name: 'guest', filesystems, devices }),
    );
    keep(() => domain.destroy());
    await domain.start({ ownership: 'leave' });
    return { root, connection, network, domain, xml, file: join(root.path, 'document.xml') };
  },
  { per: 'file' },
);

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const missing = "failed to get network 'nosuch'";
const noDomain = "failed to get domain 'nosuch'";
const exclusive = 'mutually exclusive';
const transient = 'transient networks do not have any persistent config';

test('networks are defined, created and marked', async () => {
  const { file } = world;
  writeFileSync(file, networkXml('other', 154));
  expect(await says(`net-define ${file} --validate`)).toContain('Network other defined from');
  expect(await says('net-autostart other')).toBe('Network other marked as autostarted\n\n');
  // Where no other network has been defined before, there is libvirt's own, `default`.
  expect(await says('net-list --all --autostart --name')).toMatch(/^(default\n)?other\n\n$/);
  expect(await says('net-list --all --persistent --name')).toMatch(/^(default\n)?lab\nother\n\n$/);
  expect(await says('net-autostart other --disable')).toBe(
    'Network other unmarked as autostarted\n\n',
  );
  expect(await says('net-list --table --inactive')).toMatch(
    /^ Name +State[^]* other +inactive +no +yes\n/,
  );
  await says('net-undefine other');
  expect(await says(`net-create ${file} --validate`)).toContain('Network other created from');
  expect(await says('net-list --transient --name')).toBe('other\n\n');
  const group = "<portgroup name='a'/>";
  expect(await refuses('net-update other add portgroup', group, '--config')).toContain(transient);
  await refusesEach([
    ['net-autostart other', 'failed to mark network other as autostarted'],
    ['net-desc other --config lost', transient],
    ['net-metadata other urn:x --config --key k --set <a/>', transient],
    [`net-create ${file}`, 'Failed to create network from'],
    ['net-create /nowhere/at/all', 'No such file or directory'],
    ['net-define /nowhere/at/all', 'No such file or directory'],
    ['net-start lab', 'network is already active'],
    ['net-destroy nosuch', missing],
    ['net-list --table --name', 'Only one argument from --table, --name and --uuid'],
    ['net-undefine nosuch', missing],
  ]);
  await says('net-destroy other');
});

test('what is known of one', async () => {
  expect(await says(`net-name ${uuid}`)).toBe('lab\n\n');
  const json = async (line: string): Promise<unknown> => JSON.parse(await says(line)) as unknown;
  const identity = { name: 'lab', uuid };
  expect(await json(`net-name ${uuid} --format json`)).toEqual(identity);
  expect(await json('net-uuid lab --format json')).toEqual(identity);
  const known = { ...identity, active: true, persistent: true, autostart: false };
  expect(await json('net-info lab --format json')).toMatchObject({ ...known, bridge: 'labbr' });
  expect(await json('net-list --format json')).toEqual([expect.objectContaining(known)]);
  expect(await json('net-port-list lab --format json')).toEqual([
    expect.objectContaining({ owner: expect.objectContaining({ name: 'guest' }) as unknown, mac }),
  ]);
  expect(await json('net-dhcp-leases lab --format json')).toEqual([]);
  expect(await json('net-desc lab --title --format json')).toEqual({ title: null });
  expect(await says('net-dumpxml lab --xpath /network/name/text()')).toBe('lab\n\n');
  expect(await says('net-dumpxml lab --xpath //name --wrap --inactive')).toBe(
    '<nodes>\n  <name>lab</name>\n</nodes>\n\n',
  );
  await refusesEach([
    ['net-name lab', "failed to get network 'lab'"],
    ['net-uuid nosuch', missing],
    ['net-info nosuch', missing],
    ['net-dumpxml nosuch', missing],
    ['net-dumpxml lab --xpath [', 'Incorrect xpath'],
    ['net-dhcp-leases nosuch', missing],
    ['net-dhcp-leases lab zz', 'Failed to get leases info for lab'],
  ]);
});

test('title, description, metadata and the editor', async () => {
  const { root, network } = world;
  expect(await says('net-desc lab --config Stored')).toContain('description updated');
  expect(await says('net-desc lab --live Running')).toContain('description updated');
  expect(await says('net-desc lab --current')).toBe('Running\n');
  const options = { root: root.path, env: { VISUAL: 'sed -i s/Stored/Edited/' } };
  expect(await spawnCommand(['net-desc', 'lab', '--edit', '--config'], options)).toMatchObject({
    code: 0,
    stdout: 'Network description updated successfully\n',
  });
  expect(await network.getDescription({ which: 'inactive' })).toBe('Edited');
  await says('net-metadata lab urn:x --live --key k --set <a/>');
  expect(await says('net-metadata lab urn:x --current')).toBe('<a/>\n\n');
  expect(await says('net-metadata lab urn:x --config')).toBe('\n\n');
  const edited = ['net-metadata', 'lab', 'urn:x', '--edit', '--key', 'k'] as const;
  expect(
    await spawnCommand(edited, { root: root.path, env: { VISUAL: 'sed -i s/a/b/' } }),
  ).toMatchObject({ code: 0, stdout: 'Metadata modified\n\n' });
  expect(await network.getMetadata('urn:x')).toBe('<b/>');
  expect(await says('net-metadata lab urn:x --remove')).toBe('Metadata removed\n\n');
  expect(await refuses('net-desc lab --title', 'two\nlines')).toContain("can't contain newlines");
  const failed = { root: root.path, env: { VISUAL: 'false' } };
  expect(await spawnCommand(['net-edit', 'lab'], failed)).toMatchObject({ code: 1 });
  await refusesEach([
    ['net-desc nosuch', missing],
    ['net-desc lab --live --current', exclusive],
    ['net-metadata nosuch urn:x', missing],
    ['net-metadata lab urn:x --live --current', exclusive],
    ['net-metadata lab urn:x --set <a/>', 'namespace key is required'],
    ['net-metadata lab urn:x --key k --set <a', 'document must contain a root element'],
    ['net-edit nosuch', missing],
  ]);
});

test('parts of a network change, and its ports are shown', async () => {
  const { network, file } = world;
  const host = "<host mac='52:54:00:79:00:09' ip='192.168.153.50'/>";
  await says('net-update lab add ip-dhcp-host', host, '--parent-index', '0', '--current');
  expect(await network.xml({ which: 'live' })).toContain("ip='192.168.153.50'");
  const owner = `<owner><name>x</name><uuid>${uuid}</uuid></owner>`;
  const port = '7d0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f54';
  const content = `<uuid>${port}</uuid>${owner}<mac address='${second}'/>`;
  writeFileSync(file, `<networkport>${content}<nosuch/></networkport>`);
  expect(await refuses(`net-port-create lab ${file} --validate`)).toMatch(/<nosuch>/);
  const left = await runCommand(['net-port-create', 'lab', file], { root: world.root.path });
  expect([left.code, left.stderr]).toEqual([0, expect.stringMatching(/^warning: .*<nosuch>/)]);
  await says(`net-port-delete lab ${port}`);
  writeFileSync(file, `<networkport>${content}</networkport>`);
  expect(await says(`net-port-create lab ${file} --validate`)).toMatch(/^Network port \S+ created/);
  expect((await says('net-port-list lab --uuid')).trim().split('\n')).toContain(port);
  expect(await says('net-port-list lab --table')).toContain(` ${port}\n`);
  expect(await says(`net-port-dumpxml lab ${port} --xpath //bridge --wrap`)).toBe('<nodes/>\n\n');
  await refusesEach([
    ['net-update lab add portgroup <portgroup/> --live --current', exclusive],
    ['net-update lab add portgroup <portgroup/> --parent-index x', "Numeric value 'x'"],
    ['net-update lab shift portgroup <portgroup/>', "unrecognized command name 'shift'"],
    ['net-port-list lab --uuid --table', 'Only one argument from --table and --uuid'],
    ['net-port-list nosuch', missing],
    ['net-port-dumpxml lab nosuch', "failed to get network port 'nosuch'"],
    [`net-port-dumpxml lab ${port} --xpath [`, 'Incorrect xpath'],
    ['net-port-create lab /nowhere/at/all', 'No such file or directory'],
    ['net-port-delete lab nosuch', "failed to get network port 'nosuch'"],
  ]);
  for (const { uuid: one } of await network.ports()) {
    if ((await network.portXml(one)).includes(second)) await says(`net-port-delete lab ${one}`);
  }
  expect(await network.ports()).toHaveLength(1);
});

test('events are waited for', async () => {
  const { connection } = world;
  const heard = async (line: string): Promise<string> => {
    const told: string[] = [];
    const waiting = says(line).then((text) => told.push(text));
    // Until the command listens, what happens escapes it.
    while (told.length === 0) {
      const network = await connection.defineNetwork(networkXml('brief', 155));
      await network.undefine();
    }
    await waiting;
    return told.join('');
  };
  expect(await heard('net-event --event lifecycle --timeout 30')).toMatch(
    /^event 'lifecycle' for network brief: (Defined|Undefined)\n/,
  );
  const event = await heard('net-event --event lifecycle --timeout 30 --format json');
  expect(JSON.parse(event)).toMatchObject({
    event: expect.stringMatching(/^(defined|undefined)$/) as string,
    network: 'brief',
  });
  expect(await says('net-event --list')).toBe('lifecycle\nmetadata-change\n\n');
  await refusesEach([
    ['net-event --event bogus', 'unknown event type bogus'],
    ['net-event nosuch --event lifecycle', missing],
    ['net-event --event lifecycle --timeout x', "Numeric value 'x'"],
  ]);
});

test('addresses and names of a container', async () => {
  const { domain } = world;
  // It gives up after three questions, which may have been lost or answered too late.
  await eventually(async () => {
    const said = await inside(domain, 'udhcpc -q -n -i eth0 -x hostname:named');
    expect(said).toMatch(/lease of .* obtained/);
  });
  const address = (await says('wait guest --address ipv4 --timeout 20')).trim();
  expect(address).toMatch(/^192\.168\.153\.1\d\d$/);
  const [own] = await domain.interfaces();
  const name = own?.name ?? '';
  expect(await says('domifaddr guest --full --source inside eth0')).toContain(`${address}/24`);
  // dnsmasq writes it down once it has answered.
  await eventually(async () => {
    const leased = await says('domifaddr guest --full --source lease', '--interface', name);
    expect(leased).toContain(mac);
    expect(await says('domhostname guest --source lease')).toBe('named\n\n');
    expect(JSON.parse(await says('domhostname guest --format json'))).toEqual({
      hostname: 'named',
    });
  });
  await refusesEach([
    ['domifaddr guest --source agent', 'Unknown IP address data source 1'],
    ['domifaddr guest --source bogus eth0', "Unknown data source 'bogus'"],
    ['domifaddr nosuch', noDomain],
  ]);
});

test('the interface of a container is looked at, cut off, and limited', async () => {
  const { domain, file } = world;
  expect(await says('domifstat guest eth0')).toMatch(/^eth0 rx_bytes \d+\n/);
  await says('domif-setlink guest eth0 down');
  expect(await says('domif-getlink guest eth0')).toBe('eth0 down\n');
  const device = (state: string): string =>
    `<interface type='network'><mac address='${mac}'/><source network='lab'/><link state='${state}'/></interface>`;
  writeFileSync(file, device('up'));
  expect(await says(`update-device guest ${file} --live`)).toBe('Device updated successfully\n\n');
  expect(await says('domif-getlink guest eth0')).toBe('eth0 up\n');
  await says('domiftune guest eth0 --inbound 1000 --live');
  expect(await says('domiftune guest eth0 --live')).toContain('inbound.average: 1000\n');
  expect(await says('domiftune guest eth0 --config')).toContain('inbound.average: 0\n');
  expect(await domain.xml({ which: 'inactive' })).not.toContain('<bandwidth');
  await refusesEach([
    ['domifstat guest eth9', 'Failed to get interface stats guest eth9'],
    ['domifstat nosuch eth0', noDomain],
    ['domif-getlink guest eth9', 'Interface (dev: eth9) not found.'],
    ['domif-setlink guest eth9 up', "interface 'eth9' not found"],
    ['domiftune guest eth0 --outbound 5,,,5 --live', 'outbound floor is unsupported yet'],
  ]);
});

test('interfaces come to a container, and go', async () => {
  const { domain } = world;
  await says(
    `attach-interface guest network lab --live --mac ${second} --model virtio --inbound 500 --outbound 500`,
  );
  expect(await says('domiflist guest')).toContain(second);
  expect(await inside(domain, 'ip link show eth1')).toContain(second);
  await refusesEach([
    [
      `attach-interface guest network lab --live --mac ${second} --target x --model virtio --alias y --inbound 1 --outbound 1`,
      'Failed to attach interface',
    ],
    ['attach-interface guest network nosuch --live', 'Failed to attach interface'],
    [
      'attach-interface guest bridge nosuch --live --script /bin/true',
      'Failed to attach interface',
    ],
    ['detach-interface guest network --live', 'Domain has 2 interfaces'],
    [
      'detach-interface guest network --live --mac 52:54:00:79:00:08',
      'No interface with MAC address',
    ],
  ]);
  expect(await says(`detach-interface guest network --live --mac ${second} --print-xml`)).toContain(
    `<mac address='${second}'/>`,
  );
  await says(`detach-interface guest network --live --mac ${second}`);
  expect(await inside(domain, 'ip link show')).not.toContain(second);
  expect(await domain.xml({ which: 'inactive' })).not.toContain(second);
});
