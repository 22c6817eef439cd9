/** The commands of virtual networks: command lines in, virsh's words and exit codes out. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

const [first, second] = [
  '02169d49-0068-4612-b2de-901c4a14c5a3',
  '11111111-2222-3333-4444-555555555555',
];

function seed(): FakeConnection {
  return new FakeConnection().withNetworks(
    { name: 'lab', uuid: second },
    { name: 'Default', uuid: first, active: true, autostart: true, bridge: 'virbr0' },
  );
}

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  file = join(folder, 'lab.xml');
  writeFileSync(file, '<network/>');
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a network of which nothing is known is listed with the reason, and keeps no other from being listed', async () => {
  const failure = new TslxcError('OPERATION_UNSUPPORTED', 'written by a newer version');
  const connection = new FakeConnection().withNetworks(
    { name: 'Default', active: true, autostart: true },
    { name: 'lab' },
    { name: 'odd', failure },
  );
  const { stdout, stderr, status } = await run(['net-list', '--all', '--title'], { connection });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ Default +active +yes +yes/m);
  expect(stdout).toMatch(/^ lab +inactive +no +yes/m);
  expect(stdout).toMatch(/^ odd +no state +- +-/m);
  expect(stderr).toBe(
    "warning: network 'odd': Operation not supported: written by a newer version\n",
  );
  const json = await run(['net-list', '--all', '--format', 'json'], { connection });
  expect(JSON.parse(json.stdout)).toContainEqual(
    expect.objectContaining({
      name: 'odd',
      unknown: 'no state (Operation not supported: written by a newer version)',
    }),
  );
});

test.each<[string, string]>([
  ['net-start lab', 'Network lab started\n\n'],
  [`net-start ${second}`, `Network ${second} started\n\n`],
  ['net-destroy Default', 'Network Default destroyed\n\n'],
  ['net-undefine lab', 'Network lab has been undefined\n\n'],
  ['net-autostart lab', 'Network lab marked as autostarted\n\n'],
  ['net-autostart lab --disable', 'Network lab unmarked as autostarted\n\n'],
  ['-q net-start lab', ''],
  [`net-name ${first}`, 'Default\n\n'],
  ['net-uuid lab', `${second}\n\n`],
  ['net-dumpxml lab', '<network>\n  <name>lab</name>\n</network>\n\n'],
  ['net-event --list', 'lifecycle\nmetadata-change\n\n'],
  [
    'net-info Default',
    `Name:           Default
UUID:           ${first}
Active:         yes
Persistent:     yes
Autostart:      yes
Bridge:         virbr0

`,
  ],
  [
    'net-info lab',
    `Name:           lab
UUID:           ${second}
Active:         no
Persistent:     yes
Autostart:      no

`,
  ],
])('%s', async (words, stdout) => {
  const ran = await run(words, { connection: seed() });
  expect(ran).toMatchObject({ status: 0, stdout, stderr: '' });
});

test.each<[string, unknown]>([
  ['net-start lab', ['start']],
  ['net-destroy Default', ['destroy']],
  ['net-undefine lab', ['undefine']],
  ['net-autostart lab', ['setAutostart', 'on']],
  ['net-autostart lab --disable', ['setAutostart', 'off']],
  ['net-dumpxml lab', ['xml', {}]],
  ['net-dumpxml --inactive lab', ['xml', { which: 'inactive' }]],
  ['net-dhcp-leases Default', ['leases', {}]],
  ['net-dhcp-leases Default --mac 52:54:00:00:00:01', ['leases', { mac: '52:54:00:00:00:01' }]],
])('%s calls the library once', async (words, call) => {
  const { connection } = await run(words, { connection: seed() });
  expect(connection.networks.flatMap(({ calls }) => calls)).toEqual([call]);
});

test.each(['define', 'create'])('net-%s hands the text of the file on', async (verb) => {
  const { stdout, connection } = await run([`net-${verb}`, file]);
  expect(stdout).toBe(`Network lab ${verb}d from ${file}\n\n`);
  expect(connection.calls).toEqual([[`${verb}Network`, '<network/>']]);
  const valid = await run([`net-${verb}`, file, '--validate']);
  expect(valid.connection.calls).toEqual([[`${verb}Network`, '<network/>', { validate: true }]]);
});

test.each(['define', 'create'])('net-%s tells of what is left out', async (verb) => {
  const connection = new FakeConnection();
  const place = { element: 'network/rang', line: 3, column: 3 };
  connection.warnings.push({ detail: 'UnknownElement', message: '<rang> is left out', ...place });
  expect(await run([`net-${verb}`, file], { connection })).toMatchObject({
    status: 0,
    stdout: `Network lab ${verb}d from ${file}\n\n`,
    stderr: 'warning: <rang> is left out\n',
  });
});

test.each<[string, string]>([
  ['net-start lab', 'Failed to start network lab'],
  ['net-destroy lab', 'Failed to destroy network lab'],
  ['net-undefine lab', 'Failed to undefine network lab'],
  ['net-autostart lab', 'failed to mark network lab as autostarted'],
  ['net-autostart lab --disable', 'failed to unmark network lab as autostarted'],
  ['net-dhcp-leases lab', 'Failed to get leases info for lab'],
])('%s that fails is two lines', async (words, line) => {
  const failure = new TslxcError('OPERATION_INVALID', 'network is already active');
  const connection = new FakeConnection().withNetworks({ name: 'lab', failure });
  expect(await run(words, { connection })).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr: `error: ${line}\nerror: Requested operation is not valid: network is already active\n`,
  });
});

test.each(['define', 'create'])('net-%s of a document that is refused', async (verb) => {
  const connection = new FakeConnection();
  connection.failure = new TslxcError('XML_ERROR', 'no name');
  expect((await run([`net-${verb}`, file], { connection })).stderr).toBe(
    `error: Failed to ${verb} network from ${file}\nerror: XML error: no name\n`,
  );
});

const unknown = '00000000-0000-4000-8000-000000000000';

test.each<[string, string]>([
  [
    'net-start nosuch',
    "error: failed to get network 'nosuch'\n" +
      "error: Network not found: no network with matching name 'nosuch'\n",
  ],
  [
    `net-info ${unknown}`,
    `error: failed to get network '${unknown}'\n` +
      `error: Network not found: no network with matching name '${unknown}'\n`,
  ],
  [
    `net-name ${unknown}`,
    `error: failed to get network '${unknown}'\n` +
      `error: Network not found: no network with matching uuid '${unknown}'\n`,
  ],
  ['net-name lab', "error: failed to get network 'lab'\n"],
  [
    `net-uuid ${second}`,
    `error: failed to get network '${second}'\n` +
      `error: Network not found: no network with matching name '${second}'\n`,
  ],
  ['net-event', 'error: either --list or --event <type> is required\n'],
  ['net-event --event reboot', 'error: unknown event type reboot\n'],
  [
    'net-list --name --uuid',
    'error: Only one argument from --table, --name and --uuid may be specified.\n',
  ],
  [
    'net-event --event lifecycle --timeout 0',
    "error: Numeric value '0' for <timeout> option is malformed or out of range\n",
  ],
])('%s fails', async (words, stderr) => {
  expect(await run(words, { connection: seed() })).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr,
  });
});

test.each<[string, string]>([
  ['net-start', "error: command 'net-start' requires <network> option\n"],
  ['net-define', "error: command 'net-define' requires <file> option\n"],
])('%s is a wrong command line', async (words, stderr) => {
  expect(await run(words, { connection: seed() })).toMatchObject({ status: 1, stdout: '', stderr });
});

describe('net-list', () => {
  test.each<[string, string]>([
    [
      'net-list --all',
      ' Name      State      Autostart   Persistent\n' +
        '----------------------------------------------\n' +
        ' Default   active     yes         yes\n' +
        ' lab       inactive   no          yes\n\n',
    ],
    ['-q net-list', ' Default   active   yes   yes\n'],
    ['-q net-list --inactive --name', 'lab\n'],
    ['net-list --all --uuid', `${first}\n${second}\n\n`],
    [
      'net-list --inactive --title',
      ' Name   State      Autostart   Persistent   Title\n' +
        '---------------------------------------------------\n' +
        ' lab    inactive   no          yes          \n\n',
    ],
  ])('%s', async (words, stdout) => {
    expect(await run(words, { connection: seed() })).toMatchObject({ status: 0, stdout });
  });

  test('an empty table is its header', async () => {
    expect((await run('net-list')).stdout).toBe(
      ' Name   State   Autostart   Persistent\n----------------------------------------\n\n',
    );
  });

  test.each<[string, object]>([
    ['net-list', { state: 'active' }],
    ['net-list --inactive', { state: 'inactive' }],
    ['net-list --inactive --all', {}],
    ['net-list --all --persistent', { persistence: 'persistent' }],
    ['net-list --all --transient', { persistence: 'transient' }],
    ['net-list --all --transient --persistent', {}],
    ['net-list --all --autostart', { autostart: 'on' }],
    ['net-list --all --no-autostart', { autostart: 'off' }],
    ['net-list --all --no-autostart --autostart', {}],
  ])('%s asks for %j', async (words, filter) => {
    const { connection } = await run(words);
    expect(connection.calls).toEqual([['listNetworks', filter]]);
  });

  test('a network that goes while it is listed is left out', async () => {
    const failure = new TslxcError('NO_NETWORK', "no network with matching name 'gone'");
    const connection = new FakeConnection().withNetworks(
      { name: 'gone', failure },
      { name: 'lab' },
    );
    expect((await run('-q net-list --all', { connection })).stdout).toBe(
      ' lab   inactive   no   yes\n',
    );
  });
});

describe('net-dhcp-leases', () => {
  const expires = new Date(2026, 2, 1, 17, 4, 9).getTime();
  const leases = [
    {
      expires,
      mac: '52:54:00:00:00:02',
      family: 'ipv4',
      address: '192.168.122.20',
      prefix: 24,
      hostname: 'web',
      clientId: '01:52:54:00:00:00:02',
    },
    { mac: '52:54:00:00:00:01', family: 'ipv6', address: 'fd00::2', prefix: 64 },
  ] as const;

  test('the table of virsh, by MAC address', async () => {
    const connection = new FakeConnection().withNetworks({ name: 'lab', active: true, leases });
    expect((await run('net-dhcp-leases lab', { connection })).stdout).toBe(
      ' Expiry Time           MAC address         Protocol   IP address          Hostname   Client ID or DUID\n' +
        '-----------------------------------------------------------------------------------------------------------\n' +
        ' -                     52:54:00:00:00:01   ipv6       fd00::2/64          -          -\n' +
        ' 2026-03-01 17:04:09   52:54:00:00:00:02   ipv4       192.168.122.20/24   web        01:52:54:00:00:00:02\n\n',
    );
  });
});

describe('net-event', () => {
  const time = Date.UTC(2026, 2, 1, 17, 4, 9, 7);

  function history(): FakeConnection {
    const connection = seed();
    const about = { network: 'lab', uuid: second, time };
    connection.networkHistory = [
      { ...about, event: 'started' },
      { event: 'stopped', network: 'Default', uuid: first, time },
      { event: 'metadata-change', detail: 'title', network: 'Default', uuid: first, time },
      { ...about, event: 'metadata-change', detail: 'element', uri: 'urn:x' },
    ];
    return connection;
  }

  test.each<[string, string]>([
    [
      'net-event --event lifecycle',
      "event 'lifecycle' for network lab: Started\nevents received: 1\n\n",
    ],
    [
      'net-event --event lifecycle --network Default --timestamp',
      "2026-03-01 17:04:09.007+0000: event 'lifecycle' for network Default: Stopped\n" +
        'events received: 1\n\n',
    ],
    [
      'net-event --event lifecycle --loop --timeout 1',
      "event 'lifecycle' for network lab: Started\n" +
        "event 'lifecycle' for network Default: Stopped\n" +
        'event loop timed out\nevents received: 2\n\n',
    ],
    [
      'net-event --event lifecycle --network lab --format json',
      `${JSON.stringify({ network: 'lab', uuid: second, time, event: 'started' })}\n\n`,
    ],
    ['net-event --list --format json', '[\n  "lifecycle",\n  "metadata-change"\n]\n\n'],
    [
      'net-event --event metadata-change',
      "event 'metadata-change' for network Default: type title, uri <null>\nevents received: 1\n\n",
    ],
    [
      'net-event --event metadata-change lab',
      "event 'metadata-change' for network lab: type element, uri urn:x\nevents received: 1\n\n",
    ],
  ])('%s', async (words, stdout) => {
    const ran = await run(words, { connection: history() });
    expect(ran).toMatchObject({ status: 0, stdout, stderr: '' });
  });

  test('SIGINT ends it, and without an event it fails without an error', async () => {
    const signals = new EventEmitter();
    const running = run('net-event --event lifecycle', { connection: seed(), signals });
    while (signals.listenerCount('SIGINT') === 0) await Promise.resolve();
    signals.emit('SIGINT');
    expect(await running).toMatchObject({
      status: 1,
      stdout: 'event loop interrupted\nevents received: 0\n\n',
      stderr: '',
    });
    expect(signals.listenerCount('SIGINT')).toBe(0);
  });
});
