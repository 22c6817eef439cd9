/** setmem, memtune, schedinfo and the like: command lines in, virsh's words and exit codes out. */
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import type { FakeDomainFields } from '../../../../support/fake/connection/fake-domain-fields';
import { run } from '../../run-main';

const limits: FakeDomainFields['limits'] = {
  getMemoryTuning: { hardLimit: 102_400, softLimit: 'unlimited', swapHardLimit: 'unlimited' },
  getCpuTuning: { shares: 1024, period: 100_000, quota: 'unlimited' },
  getCpuset: '0-1',
  getNumaTuning: { mode: 'strict', nodeset: 'all' },
  getProcessLimit: 'unlimited',
  getHugepageLimits: [
    { size: 2048, max: 8192 },
    { size: 1_048_576, max: 'unlimited' },
  ],
  getBlockTuning: {
    weight: 100,
    devices: [
      { path: '/dev/sda', weight: 200, readBytes: 5 },
      { path: '/dev/sdb', weight: 300 },
    ],
  },
};

const seed = (failure?: Error): FakeConnection =>
  new FakeConnection([{ name: 'web', id: 7, limits, ...(failure ? { failure } : {}) }]);

test.each([
  [
    'memtune web',
    'hard_limit     : 102400\nsoft_limit     : unlimited\nswap_hard_limit: unlimited\n',
  ],
  [
    'schedinfo web',
    'Scheduler      : posix\ncpu_shares     : 1024\nvcpu_period    : 100000\nvcpu_quota     : -1\n',
  ],
  ['cpuset web', '0-1\n'],
  ['numatune web', 'numa_mode      : strict\nnuma_nodeset   : all\n'],
  ['pidtune web', 'max            : unlimited\n'],
  ['hugepagetune web', '2048 KiB       : 8192\n1048576 KiB    : unlimited\n'],
  [
    'blkiotune web',
    'weight         : 100\ndevice_weight  : /dev/sda,200,/dev/sdb,300\ndevice_read_iops_sec: \n' +
      'device_write_iops_sec: \ndevice_read_bytes_sec: /dev/sda,5\ndevice_write_bytes_sec: \n',
  ],
])('%s shows what there is, as virsh does', async (words, stdout) => {
  expect(await run(words, { connection: seed() })).toMatchObject({
    status: 0,
    stderr: '',
    stdout: `${stdout}\n`,
  });
});

test.each<[string, unknown[]]>([
  ['setmem web 64M', [['setMemory', 65_536, {}]]],
  ['setmem web --size 2GiB --live', [['setMemory', 2_097_152, { which: 'live' }]]],
  ['setmem web 1 --config --live', [['setMemory', 1, { which: 'both' }]]],
  ['setmaxmem web 1000KB --config', [['setMaxMemory', 977, { which: 'inactive' }]]],
  [
    'memtune web --hard-limit -1 --soft-limit 4096',
    [['setMemoryTuning', { hardLimit: 'unlimited', softLimit: 4096 }, {}]],
  ],
  [
    'memtune web --swap-hard-limit 1G --current',
    [['setMemoryTuning', { swapHardLimit: 1_048_576 }, {}]],
  ],
  ['setvcpus web 3 --maximum --config', [['setVcpus', { maximum: 3 }, { which: 'inactive' }]]],
  ['cpuset web 0-3,^2 --live', [['setCpuset', '0-3,^2', { which: 'live' }]]],
  [
    'numatune web --mode restrictive --nodeset 0',
    [['setNumaTuning', { mode: 'restrictive', nodeset: '0' }, {}]],
  ],
  ['pidtune web 512', [['setProcessLimit', 512, {}]]],
  [
    'hugepagetune web 2M 64M --live --config',
    [['setHugepageLimit', { size: 2048, max: 65_536 }, { which: 'both' }]],
  ],
  [
    'hugepagetune web --size 1GiB --max -1 --config',
    [['setHugepageLimit', { size: 1_048_576, max: 'unlimited' }, { which: 'inactive' }]],
  ],
  ['pidtune web -1', [['setProcessLimit', 'unlimited', {}]]],
  [
    'blkiotune web --weight 300 --device-weights /dev/a,5,/dev/b,6 --device-write-bytes-sec /dev/a,7',
    [
      [
        'setBlockTuning',
        {
          weight: 300,
          devices: [
            { path: '/dev/a', weight: 5, writeBytes: 7 },
            { path: '/dev/b', weight: 6 },
          ],
        },
        {},
      ],
    ],
  ],
])('%s changes it, and says nothing', async (words, calls) => {
  const connection = seed();
  expect(await run(words, { connection })).toMatchObject({ status: 0, stdout: '\n', stderr: '' });
  expect(connection.domains[0]?.calls).toEqual(calls);
});

test('schedinfo shows all after it has set some', async () => {
  const connection = seed();
  const { stdout } = await run('schedinfo web --set cpu_shares=9,vcpu_quota=-1', { connection });
  expect(stdout).toContain('cpu_shares     : 1024\n');
  expect(connection.domains[0]?.calls[1]).toEqual([
    'setCpuTuning',
    { shares: 9, quota: 'unlimited' },
    {},
  ]);
});

test.each([
  ['schedinfo web bogus=1', 'error: invalid scheduler option: bogus\n'],
  [
    'schedinfo web cpu_shares=x',
    "error: invalid argument: Invalid value for field 'cpu_shares': expected unsigned long long\n",
  ],
  [
    'schedinfo web vcpu_quota=',
    "error: invalid argument: Invalid value for field 'vcpu_quota': expected long long\n",
  ],
  [
    'schedinfo web cpu_shares=-1',
    "error: invalid argument: shares '-1' must be in range [2, 262144]\n",
  ],
  [
    'schedinfo web cpu_shares=18446744073709551615',
    "error: invalid argument: shares '18446744073709551615' must be in range [2, 262144]\n",
  ],
  [
    'schedinfo web cpu_shares=18446744073709551616',
    "error: invalid argument: Invalid value for field 'cpu_shares': expected unsigned long long\n",
  ],
  [
    'schedinfo web vcpu_period=-1',
    "error: invalid argument: cfs_period '-1' must be in range (1000, 1000000)\n",
  ],
  [
    'schedinfo web vcpu_quota=9223372036854775807',
    "error: invalid argument: cfs_quota '9223372036854775807' must be in range (1000, 17592186044415)\n",
  ],
  [
    'setmem web 1zz',
    "error: Scaled numeric value '1zz' for <size> option is malformed or out of range\nerror: invalid argument: unknown suffix 'zz'\n",
  ],
  ['setmem web 1 --live --current', 'error: Options --current and --live are mutually exclusive\n'],
  ['setmem web --size', 'error: expected syntax: --size <number>\n'],
  ['memtune web --hard-limit', 'error: expected syntax: --hard-limit <number>\n'],
  [
    'setmem web much',
    "error: Scaled numeric value 'much' for <size> option is malformed or out of range\n",
  ],
  ['setmem web 0', 'error: memory in virDomainSetMemoryFlags must not be zero\n'],
  [
    'setmaxmem web 0',
    'error: Unable to change MaxMemorySize\nerror: memory in virDomainSetMemoryFlags must not be zero\n',
  ],
  ['memtune web abc', 'error: Unable to parse integer parameter hard-limit\n'],
  [
    'memtune web --soft-limit 1XB',
    "error: Unable to parse integer parameter soft-limit\nerror: invalid argument: unknown suffix 'XB'\n",
  ],
  ['memtune web --min-guarantee abc', 'error: Unable to parse integer parameter min-guarantee\n'],
  [
    'memtune web --min-guarantee 4',
    "error: Unable to change memory parameters\nerror: argument unsupported: parameter 'min_guarantee' not supported\n",
  ],
  ['setvcpus web 0', "error: Can't set 0 processors for a VM\n"],
  ['setvcpus web 2 --maximum', 'error: Option --config is required by option --maximum\n'],
  [
    'setvcpus web 2 --guest --config',
    'error: Options --guest and --config are mutually exclusive\n',
  ],
  ['blkiotune web --weight -1', 'error: Invalid value of -1 for I/O weight\n'],
  ['blkiotune web --weight 0', 'error: Invalid value of 0 for I/O weight\n'],
  ['hugepagetune web 2M', 'error: A limit of huge pages has both <size> and <max>\n'],
  ['hugepagetune web 2M much', 'error: Unable to parse integer parameter max\n'],
  ['numatune web --mode local', 'error: Invalid mode: local\n'],
  [
    'blkiotune web --device-weights /dev/a',
    "error: Unable to change blkio parameters\nerror: invalid argument: unable to parse blkio device 'device_weight' '/dev/a'\n",
  ],
  [
    'blkiotune web --device-read-bytes-sec /dev/a,x',
    "error: Unable to change blkio parameters\nerror: invalid argument: invalid value 'x' for parameter 'device_read_bytes_sec' of device '/dev/a'\n",
  ],
])('%s fails', async (words, stderr) => {
  expect(await run(words, { connection: seed() })).toMatchObject({ status: 1, stderr });
});

test.each([
  'setmem nosuch much',
  'setmaxmem nosuch 1XB',
  'memtune nosuch much',
  'blkiotune nosuch --weight -1',
  'numatune nosuch --mode local',
  'setvcpus nosuch 0',
])('%s: the domain is looked for first', async (words) => {
  expect(await run(words, { connection: seed() })).toMatchObject({
    status: 1,
    stderr: "error: failed to get domain 'nosuch'\n",
  });
});

test('schedinfo has named the scheduler before it refuses an option', async () => {
  const { stdout } = await run('schedinfo web bogus=1', { connection: seed() });
  expect(stdout).toBe('Scheduler      : posix\n\n');
});

test('setmaxmem says what it could not do, and why', async () => {
  const failure = new TslxcError('INVALID_ARG', 'no');
  expect(await run('setmaxmem web 1', { connection: seed(failure) })).toMatchObject({
    status: 1,
    stderr: 'error: Unable to change MaxMemorySize\nerror: invalid argument: no\n',
  });
});
