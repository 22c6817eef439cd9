/** domstats, cpu-stats, dommemstat, domblkstat and the node's: command lines in, virsh's words and exit codes out. */
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

function seed(): FakeConnection {
  return new FakeConnection([
    {
      name: 'web',
      id: 7,
      statistics: {
        cpu: {
          total: 48_772_617_035n,
          user: 5_540_000_000n,
          system: 6_460_000_000n,
          perCpu: [24_386_308_517n, 24_386_308_518n],
        },
        memory: {
          usage: 8_000_000,
          oomKills: 0,
          breakdown: { anonymous: 512_000, mapped: 2048, file: 4096, faults: 12, majorFaults: 2 },
        },
        io: [
          { device: '254:0', name: 'vda', readBytes: 1, writtenBytes: 2, reads: 3, writes: 4 },
          { device: '7:0', readBytes: 5, writtenBytes: 6, reads: 7, writes: 8 },
        ],
        network: [
          {
            type: 'network',
            guest: 'eth0',
            name: 'vnet0',
            rxBytes: 1n,
            rxPackets: 2n,
            rxErrors: 3n,
            rxDropped: 4n,
            txBytes: 5n,
            txPackets: 6n,
            txErrors: 7n,
            txDropped: 8n,
          },
        ],
      },
      blocks: { reads: 10, readBytes: 6, writes: 12, writtenBytes: 8 },
    },
    { name: 'bare', id: 9, statistics: { cpu: { total: 5n } }, persistent: false },
    { name: 'off' },
  ]);
}

const web = `Domain: 'web'
  state.state=1
  state.reason=1
  cpu.time=48772617035
  cpu.user=5540000000
  cpu.system=6460000000
  balloon.current=102400
  balloon.maximum=102400
  balloon.major_fault=2
  balloon.minor_fault=10
  balloon.rss=502
  balloon.disk_caches=4
  vcpu.current=1
  vcpu.maximum=1
  net.count=1
  net.0.name=vnet0
  net.0.rx.bytes=1
  net.0.rx.pkts=2
  net.0.rx.errs=3
  net.0.rx.drop=4
  net.0.tx.bytes=5
  net.0.tx.pkts=6
  net.0.tx.errs=7
  net.0.tx.drop=8
  block.count=2
  block.0.name=vda
  block.0.rd.reqs=3
  block.0.rd.bytes=1
  block.0.wr.reqs=4
  block.0.wr.bytes=2
  block.1.name=7:0
  block.1.rd.reqs=7
  block.1.rd.bytes=5
  block.1.wr.reqs=8
  block.1.wr.bytes=6
`;

const state = (name: string, number: number, reason: number): string =>
  `Domain: '${name}'\n  state.state=${number}\n  state.reason=${reason}\n`;

const total = `Total:
\tcpu_time            48.772617035 seconds
\tuser_time            5.540000000 seconds
\tsystem_time          6.460000000 seconds
`;
const [cpu0, cpu1] = [
  'CPU0:\n\tcpu_time            24.386308517 seconds\n',
  'CPU1:\n\tcpu_time            24.386308518 seconds\n',
];

test.each<[string, string]>([
  ['domstats web', `${web}\n`],
  ['domstats --state', `${state('web', 1, 1)}\n${state('bare', 1, 1)}\n${state('off', 5, 0)}\n`],
  ['domstats --state off web', `${state('off', 5, 0)}\n${state('web', 1, 1)}\n`],
  ['domstats --state --list-inactive', `${state('off', 5, 0)}\n`],
  ['domstats --state --list-transient --list-running', `${state('bare', 1, 1)}\n`],
  ['domstats --list-paused', '\n'],
  ['domstats --perf --vm web', "Domain: 'web'\n\n"],
  ['domstats --cpu-total bare', "Domain: 'bare'\n  cpu.time=5\n\n"],
  ['domstats --interface --block --cpu-total off', "Domain: 'off'\n\n"],
  ['cpu-stats web', `${cpu0}${cpu1}${total}\n`],
  ['cpu-stats web --total', `${total}\n`],
  ['cpu-stats web --start 1', `${cpu1}\n`],
  ['cpu-stats web --count 1', `${cpu0}\n`],
  ['cpu-stats web --count 1 --total', `${cpu0}${total}\n`],
  ['cpu-stats bare', 'Total:\n\tcpu_time             0.000000005 seconds\n\n'],
  ['dommemstat web', 'actual 102400\nmajor_fault 2\nminor_fault 10\ndisk_caches 4\nrss 502\n\n'],
  ['dommemstat bare', 'actual 102400\n\n'],
  ['domblkstat web', ' rd_req 10\n rd_bytes 6\n wr_req 12\n wr_bytes 8\n\n'],
  ['domblkstat web vda', 'vda rd_req 10\nvda rd_bytes 6\nvda wr_req 12\nvda wr_bytes 8\n\n'],
  [
    'domblkstat web vda --human',
    'Device: vda\n' +
      ' number of read operations:      10\n' +
      ' number of bytes read:           6\n' +
      ' number of write operations:     12\n' +
      ' number of bytes written:        8\n\n',
  ],
  [
    'nodeinfo',
    'CPU model:           i686\n' +
      'CPU(s):              16\n' +
      'CPU frequency:       1400 MHz\n' +
      'CPU socket(s):       2\n' +
      'Core(s) per socket:  2\n' +
      'Thread(s) per core:  2\n' +
      'NUMA cell(s):        2\n' +
      'Memory size:         3145728 KiB\n\n',
  ],
  [
    'nodecpustats',
    'user:                     9797400000\n' +
      'system:               34678723400000\n' +
      'idle:                    87264900000\n' +
      'iowait:                    763600000\n\n',
  ],
  [
    'nodememstats',
    'total  :             24690000 KiB\n' +
      'free   :                  123 KiB\n' +
      'buffers:                    7 KiB\n' +
      'cached :                    8 KiB\n\n',
  ],
])('%s', async (line, stdout) => {
  expect(await run(line, { connection: seed() })).toMatchObject({ status: 0, stdout, stderr: '' });
});

test('domstats tells of a domain that nothing can be said of, goes on with the others, and fails', async () => {
  const failure = new TslxcError('SYSTEM_ERROR', 'write exit.json: ENOSPC');
  const connection = new FakeConnection([{ name: 'bad', failure }, { name: 'off' }]);
  expect(await run('domstats --state', { connection })).toMatchObject({
    status: 1,
    stdout: `${state('off', 5, 0)}\n`,
    stderr: "error: domain 'bad': write exit.json: ENOSPC\n",
  });
});

const notRunning = 'error: Requested operation is not valid: domain is not running\n';

test.each<[string, string]>([
  [
    'domstats --perf --block --enforce',
    'error: argument unsupported: Stats types bits 0x40 are not supported by this daemon\n',
  ],
  ['domstats nope', "error: failed to get domain 'nope'\n"],
  ['cpu-stats off', `error: Failed to retrieve CPU statistics for domain 'off'\n${notRunning}`],
  ['cpu-stats web --start -1', 'error: Invalid value for start CPU\n'],
  ['cpu-stats web --count -1', 'error: Invalid value for number of CPUs to show\n'],
  ['cpu-stats nope --count -1', "error: failed to get domain 'nope'\n"],
  ['event --all --event lifecycle', 'error: Options --all and --event are mutually exclusive\n'],
  ['event --list --all', 'error: Options --list and --all are mutually exclusive\n'],
  ['event --list --event x', 'error: Options --list and --event are mutually exclusive\n'],
  ['cpu-stats web --start 7', 'error: Start CPU 7 is out of range (min: 0, max: 1)\n'],
  [
    'cpu-stats bare --start 0',
    "error: Failed to retrieve CPU statistics for domain 'bare'\n" +
      'error: Operation not supported: the time of each CPU is not counted on this host\n',
  ],
  ['dommemstat bare --period -1', "error: Invalid collection period value '-1'\n"],
  ['dommemstat off', `error: Failed to get memory statistics for domain off\n${notRunning}`],
  [
    'domblkstat bare vda',
    "error: Failed to get block stats for domain 'bare' device 'vda'\nerror: Operation not supported: not counted\n",
  ],
  [
    'nodecpustats --cpu 3',
    'error: Unable to get node cpu stats\nerror: invalid argument: Invalid cpuNum 3\n',
  ],
])('%s fails', async (line, stderr) => {
  expect(await run(line, { connection: seed() })).toMatchObject({ status: 1, stderr });
});
