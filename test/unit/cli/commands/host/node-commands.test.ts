/** The commands about the host: command lines in, virsh's words and exit codes out. */
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

test.each<[string, string]>([
  ['hostname', 'box.example.org\n\n'],
  ['sysinfo', "<sysinfo type='smbios'/>\n\n"],
  ['freecell', 'Total: 1234567 KiB\n\n'],
  ['freecell --cellno 1', '1: 2000 KiB\n\n'],
  [
    'freecell --all',
    '    0:       1000 KiB\n    1:       2000 KiB\n--------------------\nTotal:       3000 KiB\n\n',
  ],
  ['-q freecell --all', '    0:       1000 KiB\n    1:       2000 KiB\n'],
  ['freepages --cellno 1 --pagesize 4', '4KiB: 1\n\n'],
  ['freepages --cellno -1 --pagesize 4', '4KiB: 99\n\n'],
  ['freepages --all', 'Node 0:\n4KiB: 0\n2048KiB: 3\n\nNode 1:\n4KiB: 1\n2048KiB: 3\n\n\n'],
  ['freepages --all --pagesize 2048', 'Node 0:\n2048KiB: 3\n\nNode 1:\n2048KiB: 3\n\n\n'],
  ['nodecpumap', 'CPUs present:   5\nCPUs online:    4\nCPU map:        yyy-y\n\n'],
  ['nodecpumap --pretty', 'CPUs present:   5\nCPUs online:    4\nCPU map:        0-2,4\n\n'],
  [
    'node-memory-tune',
    'Shared memory:\n\tshm_pages_to_scan 100\n\tshm_sleep_millisecs 20\n\tshm_pages_shared 7\n' +
      '\tshm_merge_across_nodes 1\n\n',
  ],
  ['allocpages 2048 4', '\n'],
  ['nodesuspend mem 60', '\n'],
])('%s', async (words, stdout) => {
  expect(await run(words)).toMatchObject({ status: 0, stdout, stderr: '' });
});

test.each(['nodecpustats --cpu', 'nodememstats --cell'])(
  '%s -1 is the whole host',
  async (words) => {
    const [verb = ''] = words.split(' ');
    const whole = await run(verb);
    expect(whole.status).toBe(0);
    expect(await run(`${words} -1`)).toMatchObject({ status: 0, stdout: whole.stdout });
  },
);

test.each<[string, unknown[]]>([
  ['allocpages 2048 4', [['nodeAllocatePages', { size: 2048, count: 4, how: 'set' }]]],
  [
    'allocpages 2048 4 --add --all',
    [0, 1].map((cell) => ['nodeAllocatePages', { size: 2048, count: 4, how: 'add', cell }]),
  ],
  [
    'allocpages --pagesize 2048 --pagecount 4 --cellno 1',
    [['nodeAllocatePages', { size: 2048, count: 4, how: 'set', cell: 1 }]],
  ],
  [
    'node-memory-tune --shm-pages-to-scan 5 --shm-sleep-millisecs 6 --shm-merge-across-nodes 0',
    [['setNodeMemoryMerging', { pagesToScan: 5, sleepMilliseconds: 6, mergeAcrossNodes: false }]],
  ],
  ['nodesuspend hybrid 90', [['suspendNode', 'hybrid', 90]]],
])('%s asks the library', async (words, calls) => {
  expect((await run(words)).connection.calls).toEqual(calls);
});

test.each<[string, string]>([
  ['freepages --cellno 0', 'error: missing pagesize argument\n'],
  ['freepages', 'error: missing cellno argument\n'],
  ['freepages --cellno -2 --pagesize 4', 'error: cell number must be non-negative integer or -1\n'],
  [
    'freepages --cellno 0 --pagesize 5',
    'error: operation failed: page size 5 is not available on node 0\n',
  ],
  ['freepages --cellno -1 --pagesize 5', 'error: operation failed: page size 5 is not available\n'],
  ['freecell --cellno 7', 'error: internal error: start cell 7 out of range (0-1)\n'],
  [
    'freecell --cellno -1',
    'error: startCell in virNodeGetCellsFreeMemory must be zero or greater\n',
  ],
  [
    'nodecpustats --cpu -2',
    'error: Unable to get number of cpu stats\n' +
      'error: cpuNum in virNodeGetCPUStats only accepts -1 as a negative value\n',
  ],
  [
    'nodememstats --cell -2',
    'error: Unable to get number of memory stats\n' +
      'error: cellNum in virNodeGetMemoryStats only accepts -1 as a negative value\n',
  ],
  ['nodesuspend mem -1', 'error: Invalid duration\n'],
  ['freecell --cellno 0 --all', 'error: Options --all and --cellno are mutually exclusive\n'],
  ['nodesuspend nowhere 60', 'error: Invalid target\n'],
  [
    'node-memory-tune --shm-merge-across-nodes 2',
    'error: --shm-merge-across-nodes is 0 or 1, not 2\n',
  ],
])('%s is refused', async (words, stderr) => {
  expect(await run(words)).toMatchObject({ status: 1, stderr });
});

test.each<[string, string]>([
  ['sysinfo', 'failed to get sysinfo'],
  ['node-memory-tune', 'Unable to get number of memory parameters'],
  ['node-memory-tune --shm-pages-to-scan 5', 'Unable to change memory parameters'],
  ['nodesuspend mem 60', 'The host was not suspended'],
])('%s says what it could not do, and why', async (words, first) => {
  const connection = new FakeConnection();
  connection.failure = new TslxcError('OPERATION_UNSUPPORTED', 'not here');
  expect((await run(words, { connection })).stderr).toBe(
    `error: ${first}\nerror: Operation not supported: not here\n`,
  );
});

test('the versions are those of the package and of what it is made for', async () => {
  expect((await run('version --daemon')).stdout).toMatch(/\nRunning against daemon: 0\.1\.0\n\n$/);
  const { stdout } = await run('-V');
  expect(stdout).toMatch(/^Tslxc command line tool of tslxc \d+\.\d+\.\d+\n/);
  expect(stdout).toContain('\n Hypervisors: LXC\n');
});
