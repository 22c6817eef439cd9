/** The commands of a domain's network interfaces: command lines in, virsh's words and exit codes out. */
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

const mac = '52:54:00:12:34:56';

const statistics = {
  rxBytes: 5_120_000_000_000n,
  rxPackets: 3n,
  rxErrors: 0n,
  rxDropped: 1n,
  txBytes: 90n,
  txPackets: 2n,
  txErrors: 0n,
  txDropped: 0n,
};

function seed(): FakeConnection {
  return new FakeConnection([
    {
      name: 'web',
      id: 7,
      interfaces: [
        {
          type: 'network',
          name: 'vnet1000',
          guest: 'eth0',
          source: 'default',
          mac,
          link: 'up',
          statistics,
        },
        { type: 'direct', guest: 'eth1', source: 'eth7', mac: '52:54:00:00:00:02', link: 'down' },
        { type: 'hostdev', name: 'eth8', guest: 'eth8', source: 'eth8', link: 'up' },
      ],
      addresses: [
        { interface: 'lo', family: 'ipv4', address: '127.0.0.1', prefix: 8 },
        { interface: 'eth0', mac, family: 'ipv4', address: '192.168.122.15', prefix: 24 },
        { interface: 'eth0', mac, family: 'ipv6', address: 'fd00::7' },
      ],
    },
    { name: 'plain', id: 8 },
  ]);
}

const addressHeader =
  ' Name       MAC address          Protocol     Address\n' +
  '-------------------------------------------------------------------------------\n';

test.each<[string, string]>([
  [
    'domiflist web',
    ' Interface   Type      Source    Model   MAC\n' +
      '------------------------------------------------------------\n' +
      ' vnet1000    network   default   -       52:54:00:12:34:56\n' +
      ' -           direct    eth7      -       52:54:00:00:00:02\n\n',
  ],
  [
    '-q domiflist web --inactive',
    ' vnet1000   network   default   -   52:54:00:12:34:56\n' +
      ' -          direct    eth7      -   52:54:00:00:00:02\n',
  ],
  [
    'domiflist plain',
    ' Interface   Type   Source   Model   MAC\n------------------------------------------\n\n',
  ],
  [
    'domifstat web vnet1000',
    'vnet1000 rx_bytes 5120000000000\nvnet1000 rx_packets 3\nvnet1000 rx_errs 0\nvnet1000 rx_drop 1\n' +
      'vnet1000 tx_bytes 90\nvnet1000 tx_packets 2\nvnet1000 tx_errs 0\nvnet1000 tx_drop 0\n\n',
  ],
  ['domif-getlink web vnet1000', 'vnet1000 up\n'],
  ['domif-getlink web eth1', 'eth1 down\n'],
  [`domif-getlink web ${mac.toUpperCase()}`, `${mac.toUpperCase()} up\n`],
  ['-q domif-getlink web eth1', 'eth1 down'],
  ['domif-setlink web vnet1000 down', 'Device updated successfully\n\n'],
  ['-q domif-setlink web vnet1000 down', ''],
  [
    'domifaddr web',
    addressHeader +
      ' lo                              ipv4         127.0.0.1/8\n' +
      ' eth0       52:54:00:12:34:56    ipv4         192.168.122.15/24\n' +
      ' -          -                    ipv6         fd00::7/0\n\n',
  ],
  [
    'domifaddr web eth0 --full',
    addressHeader +
      ' eth0       52:54:00:12:34:56    ipv4         192.168.122.15/24\n' +
      ' eth0       52:54:00:12:34:56    ipv6         fd00::7/0\n\n',
  ],
  ['-q domifaddr plain', ''],
])('%s', async (words, stdout) => {
  const ran = await run(words, { connection: seed() });
  expect(ran).toMatchObject({ status: 0, stdout, stderr: '' });
});

test.each<[string, unknown]>([
  ['domiflist web', ['interfaces', {}]],
  ['domiflist web --inactive', ['interfaces', { which: 'inactive' }]],
  ['domifstat web eth0', ['interfaces', { which: 'live' }]],
  ['domif-getlink web eth0', ['getLink', 'eth0', {}]],
  ['domif-getlink web eth0 --config', ['getLink', 'eth0', { which: 'inactive' }]],
  ['domif-setlink web eth0 up', ['setLink', 'eth0', 'up', {}]],
  ['domif-setlink web eth0 up --persistent', ['setLink', 'eth0', 'up', { which: 'inactive' }]],
  ['domifaddr web', ['addresses', { source: 'lease' }]],
  ['domifaddr web --source arp', ['addresses', { source: 'arp' }]],
  ['domifaddr web --source inside', ['addresses', { source: 'inside' }]],
])('%s asks the library', async (words, call) => {
  const { connection } = await run(words, { connection: seed() });
  expect(connection.domains[0]?.calls.at(-1)).toEqual(call);
});

test.each<[string, string]>([
  [
    'domifstat web vnet7',
    'error: Failed to get interface stats web vnet7\n' +
      "error: invalid argument: invalid path, 'vnet7' is not a known interface\n",
  ],
  [
    'domifstat web eth1',
    'error: Failed to get interface stats web eth1\nerror: internal error: Interface not found\n',
  ],
  ['domif-getlink web vnet7', 'error: Interface (dev: vnet7) not found.\n'],
  ['domif-getlink web 52:54:0:0:0:9', 'error: Interface (mac: 52:54:00:00:00:09) not found.\n'],
  ['domif-setlink web vnet7 up', "error: interface 'vnet7' not found\n"],
  ['domif-setlink web eth0 sideways', "error: invalid link state 'sideways'\n"],
  [
    'domif-setlink plain eth0 up',
    'error: Failed to extract interface information or no interfaces found\n',
  ],
  ['domifaddr web --source dhcp', "error: Unknown data source 'dhcp'\n"],
  [
    'domifaddr web --source agent',
    'error: Failed to query for interfaces addresses\n' +
      'error: argument unsupported: Unknown IP address data source 1\n',
  ],
  ['domiflist nosuch', "error: failed to get domain 'nosuch'\n"],
])('%s fails', async (words, stderr) => {
  expect(await run(words, { connection: seed() })).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr,
  });
});

test.each<[string, string]>([
  ['domifstat web eth0', 'Failed to get interface stats web eth0'],
  ['domifaddr web', 'Failed to query for interfaces addresses'],
])('%s of a domain that is off is two lines', async (words, line) => {
  const failure = new TslxcError('OPERATION_INVALID', 'domain is not running');
  const connection = new FakeConnection([{ name: 'web', failure }]);
  expect((await run(words, { connection })).stderr).toBe(
    `error: ${line}\nerror: Requested operation is not valid: domain is not running\n`,
  );
});

test('domif-setlink --print-xml shows what it would do, and does nothing', async () => {
  const xml = `<domain type='lxc'>
  <name>web</name>
  <devices>
    <interface type='network'>
      <mac address='${mac}'/>
      <link state='up'/>
    </interface>
    <interface type='direct'>
      <mac address='52:54:00:00:00:02'/>
    </interface>
  </devices>
</domain>
`;
  const interfaces = [
    { type: 'network', name: 'vnet1000', guest: 'eth0', mac, link: 'up' },
    { type: 'direct', guest: 'eth1', mac: '52:54:00:00:00:02', link: 'up' },
  ] as const;
  const connection = new FakeConnection([{ name: 'web', id: 7, xml, interfaces }]);
  const shown = (device: string): string =>
    `<interface type='${device}'>\n  <mac address='${device === 'direct' ? '52:54:00:00:00:02' : mac}'/>\n` +
    "  <link state='down'/>\n</interface>\n\n";
  for (const [device, type] of [
    ['vnet1000', 'network'],
    [mac, 'network'],
    ['eth1', 'direct'],
  ] as const) {
    const { stdout } = await run(`domif-setlink web ${device} down --print-xml`, { connection });
    expect(stdout).toBe(shown(type));
  }
  expect(await run('domif-setlink web eth7 down --print-xml', { connection })).toMatchObject({
    status: 1,
    stderr: "error: interface 'eth7' not found\n",
  });
  expect(JSON.stringify(connection.domains[0]?.calls)).not.toContain('setLink');
});
