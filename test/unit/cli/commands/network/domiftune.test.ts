/** domiftune: command lines in, virsh's words and exit codes out. */
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

function seed(): FakeConnection {
  return new FakeConnection([
    {
      name: 'web',
      id: 7,
      interfaces: [{ type: 'bridge', name: 'vnet1000', guest: 'eth0', source: 'br0', link: 'up' }],
      rates: { inbound: { average: 1000, burst: 64 }, outbound: { average: 5 } },
    },
  ]);
}

test('without rates it shows those that there are', async () => {
  expect(await run('domiftune web eth0', { connection: seed() })).toMatchObject({
    status: 0,
    stderr: '',
    stdout:
      'inbound.average: 1000\n' +
      'inbound.peak   : 0\n' +
      'inbound.burst  : 64\n' +
      'inbound.floor  : 0\n' +
      'outbound.average: 5\n' +
      'outbound.peak  : 0\n' +
      'outbound.burst : 0\n\n',
  });
});

test.each<[string, unknown[]]>([
  [
    '--inbound 1000,0,64',
    [['setBandwidth', 'eth0', { inbound: { average: 1000, burst: 64 } }, {}]],
  ],
  ['--inbound 0', [['setBandwidth', 'eth0', { inbound: {} }, {}]]],
  ['--inbound 1,,,4', [['setBandwidth', 'eth0', { inbound: { average: 1, floor: 4 } }, {}]]],
  [
    '--outbound 9,10 --live',
    [['setBandwidth', 'eth0', { outbound: { average: 9, peak: 10 } }, { which: 'live' }]],
  ],
  [
    '--outbound 9 --inbound 8 --live --config',
    [
      [
        'setBandwidth',
        'eth0',
        { inbound: { average: 8 }, outbound: { average: 9 } },
        { which: 'both' },
      ],
    ],
  ],
  ['--current', [['getBandwidth', 'eth0', {}]]],
  ['--config', [['getBandwidth', 'eth0', { which: 'inactive' }]]],
])('domiftune web eth0 %s', async (words, calls) => {
  const connection = seed();
  const result = await run(`domiftune web eth0 ${words}`, { connection });
  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(connection.domains[0]?.calls).toEqual(calls);
});

test.each<[string, string]>([
  ['--inbound fast', "error: field 'average' is malformed\n"],
  ['--inbound 4294967296', 'error: inbound rate larger than maximum 4294967295\n'],
  ['--outbound 1,99999999999', 'error: outbound rate larger than maximum 4294967295\n'],
  ['--inbound 1,2,x', "error: field 'burst' is malformed\n"],
  ['--inbound 1,2,3,4,5', "error: Rate string '1,2,3,4,5' has too many fields\n"],
  ['--inbound 0,5', 'error: either inbound average or floor is mandatory\n'],
  ['--outbound 0,5', 'error: outbound average is mandatory\n'],
  ['--outbound 1,2,3,4', 'error: outbound floor is unsupported yet\n'],
])('domiftune web eth0 %s fails', async (words, stderr) => {
  const connection = seed();
  const result = await run(`domiftune web eth0 ${words}`, { connection });
  expect(result).toMatchObject({ status: 1, stdout: '\n', stderr });
  expect(connection.domains[0]?.calls).toEqual([]);
});

test('options that contradict each other', async () => {
  const { status, stderr } = await run('domiftune web eth0 --live --current', {
    connection: seed(),
  });
  expect([status, stderr]).toEqual([
    1,
    'error: Options --current and --live are mutually exclusive\n',
  ]);
});

test('what the library says comes after what was tried', async () => {
  const failure = new TslxcError('OPERATION_INVALID', 'domain is not running');
  const connection = new FakeConnection([{ name: 'web', failure }]);
  const said = async (words: string): Promise<string> =>
    (await run(`domiftune web eth0${words}`, { connection })).stderr;
  const cause = 'error: Requested operation is not valid: domain is not running\n';
  expect(await said('')).toBe(`error: Unable to get number of interface parameters\n${cause}`);
  expect(await said(' --inbound 1')).toBe(`error: Unable to set interface parameters\n${cause}`);
});
