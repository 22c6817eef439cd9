/** plan: the text to read, and the JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planJson, planText } from '../../../../lib/cli/output/plan-text';
import type { Plan } from '../../../../lib/plan/plan';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';
import { run } from '../run-main';

const plan: Plan = {
  header: {
    name: 'web',
    runDirectory: '/run/tslxc/lxc/web',
    namespaces: 0x20020000,
    uidMap: '',
    gidMap: '',
    namespaceOwner: 0,
    unifiedCgroup: '',
    monitorTasks: [],
    deadline: 30000,
    replayBytes: 262144,
    consoles: 2,
    logDirectory: '',
    logFile: '',
    logBytes: 0,
    outputFiles: ['', '/var/log/second.log'],
    freshOutputFiles: [1],
    outputFileBytes: 0,
    outputFileBackups: 0,
    consoleDescriptors: 0,
    passDescriptors: 0,
    standardStreams: 0,
    argv: ['/bin/sh', '-c', "echo 'hi'"],
    environment: ['PATH=/bin:/sbin', 'TERM=linux\u001b'],
    reapProgram: '/usr/bin/node',
    reapArgv: ['node', 'main.js', 'reap', 'web'],
    reapEnvironment: [],
    watchArgv: [],
    watchLocks: '',
    watchByte: 0n,
    endPatience: 0,
    endRequest: [],
    boot: '',
    pause: 0,
    keepNetwork: 0,
    cgroups: [],
    recorded: [],
    restarts: 0,
    autodestroy: 0,
    labelAttribute: '',
    labels: [],
    failpoint: 0,
    failAction: 0,
    failCount: 0,
  },
  outside: [],
  mapped: [],
  again: [],
  inside: [
    { op: 'makeNamespacePrivate' },
    { op: 'setHostname', name: 'web' },
    { op: 'setCapabilities', keep: 0x1ffn },
  ],
};

test('the steps are numbered and grouped by where they happen', () => {
  expect(planText(plan)).toBe(
    [
      "Container 'web'",
      '  new namespaces: mount, pid',
      '  consoles: 2, the last 262144 bytes kept',
      '  output of console 1: also to /var/log/second.log',
      '  cgroup: version 1 only',
      '  state: /run/tslxc/lxc/web',
      '  deadline: 30000 ms',
      '',
      'Outside, by the monitor in the namespaces of the host',
      '  (nothing)',
      '',
      'Inside, by init in its own namespaces',
      '  1. make every mount of the namespace private',
      "  2. set the host name 'web'",
      '  3. keep of the capabilities at most 0x1ff',
      '',
      'Process',
      "  execute /bin/sh -c 'echo '\\''hi'\\'''",
      '  PATH=/bin:/sbin',
      '  TERM=linux\\x1b',
      '',
    ].join('\n'),
  );
});

test('with a user namespace, it says whom the limits for each user are counted for', () => {
  const header = { ...plan.header, namespaceOwner: 2_147_783_648 };
  const lines = planText({ ...plan, header }).split('\n');
  expect(lines).toContain('  what each user of the host may have: counted for 2147783648');
});

test('numbers are aligned when there are ten or more', () => {
  const inside = Array.from({ length: 10 }, () => ({ op: 'pivotRoot' }) as const);
  const lines = planText({ ...plan, inside }).split('\n');
  expect(lines).toContain('   1. make it the root and let go of the old one');
  expect(lines).toContain('  10. make it the root and let go of the old one');
});

test('the JSON is the plan, with 64-bit numbers as strings', () => {
  const parsed: unknown = JSON.parse(planJson(plan));
  expect(parsed).toMatchObject({
    header: { ...plan.header, watchByte: '0x0' },
    inside: [{}, {}, { keep: '0x1ff' }],
  });
});

describe('what is planned', () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plan-'));
    file = join(folder, 'web.xml');
    writeFileSync(file, '<domain/>');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('a file, in every way to name it', async () => {
    for (const words of [
      ['plan', file],
      ['plan', '--file', file],
      ['plan', `--file=${file}`, '--json'],
    ]) {
      const connection = new FakeConnection([], plan);
      expect((await run(words, { connection })).status).toBe(0);
      expect(connection.calls).toEqual([['plan', { xml: '<domain/>' }]]);
    }
  });

  test('a domain by name or id', async () => {
    for (const word of ['web', '7']) {
      const connection = new FakeConnection([{ name: 'web', id: 7 }], plan);
      const ran = await run(`plan ${word} --json`, { connection });
      expect(ran.stdout).toBe(planJson(plan));
      expect(connection.calls.at(-1)).toEqual(['plan', { name: 'web' }]);
    }
  });

  test.each<[string, string]>([
    ['plan nosuch', "error: failed to get domain 'nosuch'\n"],
    ['plan nosuch.xml', "error: failed to get domain 'nosuch.xml'\n"],
    ['plan ./nosuch', "error: Failed to open file './nosuch': No such file or directory\n"],
    ['plan', "error: command 'plan' requires <domain> option\n"],
  ])('%s fails', async (words, stderr) => {
    expect(await run(words)).toMatchObject({ status: 1, stderr });
  });

  test('a definition that has no plan is refused', async () => {
    const ran = await run(['plan', file]);
    expect(ran.stderr).toBe(`error: Failed to plan domain from ${file}\nerror: no plan\n`);
  });
});
