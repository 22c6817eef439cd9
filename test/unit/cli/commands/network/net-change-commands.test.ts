/** The commands that change parts of virtual networks, and show their ports: virsh's words in and out. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../../../../lib/errors';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';
import type { Ran } from '../../run-main';

removeScratchAfterEach();

const uuid = '02169d49-0068-5612-b2de-901c4a14c5a3';
const other = '11111111-2222-5333-8444-555555555555';
const owner = { name: 'web', uuid };

let connection: FakeConnection;

beforeEach(() => {
  connection = new FakeConnection().withNetworks(
    {
      name: 'lab',
      active: true,
      ports: [uuid, other].map((one) => ({
        uuid: one,
        owner,
        mac: '52:54:00:00:00:01',
        bridge: 'virbr0',
        origin: 'container',
      })),
    },
    { name: 'off' },
  );
});

function tslxc(words: string | readonly string[]): Promise<Ran> {
  return run(words, { connection });
}

function callsOf(index = 0): unknown[] {
  return connection.networks[index]?.calls ?? [];
}

const xml = "<host mac='52:54:00:00:00:02' ip='10.0.0.12'/>";
const change = { command: 'add-last', section: 'ip-dhcp-host', xml } as const;

test.each<[string[], object, string]>([
  [['lab', 'add', 'ip-dhcp-host', xml], change, 'lab live state'],
  [['off', 'add', 'ip-dhcp-host', xml], change, 'off persistent config'],
  [
    ['lab', 'add-first', 'ip-dhcp-host', xml, '--live'],
    { ...change, command: 'add-first', which: 'live' },
    'lab live state',
  ],
  [
    ['lab', 'modify', 'ip-dhcp-host', xml, '--config'],
    { ...change, command: 'modify', which: 'inactive' },
    'lab persistent config',
  ],
  [
    ['lab', 'delete', 'ip-dhcp-host', xml, '--config', '--live', '--parent-index', '1'],
    { ...change, command: 'delete', which: 'both', parentIndex: 1 },
    'lab persistent config and live state',
  ],
  // virsh hands any negative number on, which libvirt takes for none.
  [['lab', 'add', 'ip-dhcp-host', xml, '--parent-index', '-1'], change, 'lab live state'],
])('net-update %j', async (words, call, done) => {
  const ran = await tslxc(['net-update', ...words]);
  expect(ran).toMatchObject({ status: 0, stdout: `Updated network ${done}\n\n`, stderr: '' });
  expect(callsOf(words[0] === 'lab' ? 0 : 1)[0]).toEqual(['update', call]);
});

test('net-update tells of what is left out', async () => {
  const place = { element: 'network/ip/dhcp/host/@nam', line: 1, column: 1 };
  const warning = { detail: 'UnknownElement', message: "'nam' is left out", ...place } as const;
  connection = new FakeConnection().withNetworks({ name: 'lab', warnings: [warning] });
  expect(await tslxc(['net-update', 'lab', 'add', 'ip-dhcp-host', xml])).toMatchObject({
    status: 0,
    stdout: 'Updated network lab persistent config\n\n',
    stderr: "warning: 'nam' is left out\n",
  });
});

test('net-port-create tells of what is left out', async () => {
  const place = { element: 'networkport/nam', line: 1, column: 1 };
  const warning = { detail: 'UnknownElement', message: '<nam> is left out', ...place } as const;
  connection = new FakeConnection().withNetworks({ name: 'lab', warnings: [warning] });
  const file = join(scratchDirectory(), 'port.xml');
  writeFileSync(file, '<networkport/>');
  const { status, stderr } = await tslxc(['net-port-create', 'lab', file]);
  expect([status, stderr]).toEqual([0, 'warning: <nam> is left out\n']);
});

test('net-update reads a file where the XML does not stand in the command line', async () => {
  const file = join(scratchDirectory(), 'host.xml');
  writeFileSync(file, xml);
  await tslxc(['net-update', 'lab', 'add', 'ip-dhcp-host', file]);
  expect(callsOf()[0]).toEqual(['update', change]);
});

test.each<[string[], string]>([
  [['lab', 'none', 'ip', xml], "error: unrecognized command name 'none'\n"],
  [['lab', 'add', 'none', xml], "error: unrecognized section name 'none'\n"],
  [
    ['lab', 'add', 'ip', '/no/such.xml'],
    "error: Failed to open file '/no/such.xml': No such file or directory\n",
  ],
  [
    ['lab', 'add', 'ip', xml, '--live', '--current'],
    'error: Options --current and --live are mutually exclusive\n',
  ],
  [['lab', 'add', 'ip'], "error: command 'net-update' requires <xml> option\n"],
])('net-update %j is refused', async (words, stderr) => {
  expect(await tslxc(['net-update', ...words])).toMatchObject({ status: 1, stderr });
});

test('what the library refuses is said behind the line of the command', async () => {
  const failure = new TslxcError('NO_SUPPORT', "can't update 'ip' section of network 'lab'");
  connection.withNetworks({ name: 'lab', failure });
  expect((await tslxc(['net-update', 'lab', 'add', 'ip', '<ip/>'])).stderr).toBe(
    'error: Failed to update network lab\n' +
      "error: this function is not supported by the connection driver: can't update 'ip' section of network 'lab'\n",
  );
});

test('net-desc shows and sets title and description', async () => {
  expect((await tslxc('net-desc lab')).stdout).toBe('No description for network: lab\n');
  expect((await tslxc('net-desc lab --title')).stdout).toBe('No title for network: lab\n');
  expect((await tslxc('net-desc lab --title of it all')).stdout).toBe(
    'Network title updated successfully\n',
  );
  expect((await tslxc('net-desc lab --title')).stdout).toBe('of it all\n');
  expect((await tslxc('net-desc lab --config why')).stdout).toBe(
    'Network description updated successfully\n',
  );
  expect(callsOf().at(-1)).toEqual(['setDescription', 'why', { which: 'inactive' }]);
});

test('net-metadata shows, sets and removes', async () => {
  const set = ['net-metadata', 'lab', 'urn:x', '--key', 'k', '--set', '<a/>'];
  expect((await tslxc(set)).stdout).toBe('Metadata modified\n\n');
  expect((await tslxc('net-metadata lab urn:x')).stdout).toBe('<a/>\n\n');
  expect((await tslxc('net-metadata lab urn:x --remove')).stdout).toBe('Metadata removed\n\n');
  expect((await tslxc('net-metadata lab urn:x')).stdout).toBe('\n\n');
});

test('net-edit stores what the editor makes of the definition', async () => {
  const editor = join(scratchDirectory(), 'editor');
  writeFileSync(editor, '#!/bin/sh\nsed -i s/lab/lab2/ "$1"\n');
  chmodSync(editor, 0o755);
  const environment = { VISUAL: editor, PATH: process.env['PATH'] };
  const ran = await run('net-edit lab', { connection, environment });
  expect(ran).toMatchObject({ status: 0, stdout: 'Network lab XML configuration edited.\n\n' });
  expect(connection.calls.at(-1)).toEqual([
    'defineNetwork',
    '<network>\n  <name>lab2</name>\n</network>\n',
  ]);
  const idle = await run('net-edit lab', {
    connection,
    environment: { ...environment, VISUAL: 'true' },
  });
  expect(idle.stdout).toBe('Network lab XML configuration not changed.\n\n');
});

test('ports are listed, shown, made and removed', async () => {
  expect((await tslxc('net-port-list lab')).stdout).toBe(
    ` UUID\n---------------------------------------\n ${uuid}\n ${other}\n\n`,
  );
  expect((await tslxc('-q net-port-list lab --uuid')).stdout).toBe(`${uuid}\n${other}\n`);
  expect((await tslxc(`net-port-dumpxml lab ${uuid}`)).stdout).toBe(
    `<networkport>\n  <uuid>${uuid}</uuid>\n</networkport>\n\n`,
  );
  expect((await tslxc(`-q net-port-dumpxml lab ${uuid} --xpath //uuid`)).stdout).toBe(
    `<uuid>${uuid}</uuid>\n`,
  );
  const file = join(scratchDirectory(), 'port.xml');
  writeFileSync(file, '<networkport/>');
  const made = await tslxc(['net-port-create', 'lab', file]);
  expect(made.stdout).toMatch(/^Network port [0-9a-f-]{36} created from .*port\.xml\n\n$/);
  expect(callsOf().at(-1)).toEqual(['createPort', '<networkport/>', {}]);
  await tslxc(['net-port-create', 'lab', file, '--validate']);
  expect(callsOf().at(-1)).toEqual(['createPort', '<networkport/>', { validate: true }]);
  expect((await tslxc(`net-port-delete lab ${uuid}`)).stdout).toBe(
    `Network port ${uuid} deleted\n\n`,
  );
  expect(callsOf().at(-1)).toEqual(['deletePort', uuid]);
});

test.each(['net-port-dumpxml', 'net-port-delete'])('%s of no port is refused', async (verb) => {
  expect((await tslxc(`${verb} lab nosuch`)).stderr).toBe(
    "error: failed to get network port 'nosuch'\n" +
      'error: network port not found: Network port with UUID nosuch does not exist\n',
  );
});
