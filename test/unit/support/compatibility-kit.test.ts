/** How the scripts of libvirt’s compatibility kit are judged, what the table says of them, and the program that stands for systemctl. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPass, outcomeOf } from '../../support/compatibility-kit/outcome';
import { installService } from '../../support/compatibility-kit/site';
import { failure, isExpected, kitTable } from '../../support/compatibility-kit/table';
import { parseTap } from '../../support/compatibility-kit/tap';
import { eventually } from '../../support/time/eventually';

describe('what a script prints', () => {
  test('is its plan, and its tests with their results and reasons', () => {
    const text = [
      '1..6',
      '# Creating a new transient domain',
      'ok 1 - created - as a domain',
      'Used 122',
      'not ok 2 - destroyed',
      "#   Failed test 'destroyed'",
      'ok 3 # skip save/restore not implemented',
      'not ok 4 - later # TODO not yet',
      'ok',
      'ok 6 - escaped \\# skip',
      '    not ok 1 - inside of another',
      'okay is no test',
    ].join('\n');
    expect(parseTap(text)).toEqual({
      planned: 6,
      tests: [
        { result: 'ok', description: 'created - as a domain' },
        { result: 'not ok', description: 'destroyed' },
        { result: 'skipped', description: '', reason: 'save/restore not implemented' },
        { result: 'todo', description: 'later', reason: 'not yet' },
        { result: 'ok', description: '' },
        { result: 'ok', description: 'escaped \\# skip' },
      ],
    });
  });

  test.each([
    [
      '1..0 # SKIP Disabled until then\n',
      { planned: 0, skipped: 'Disabled until then', tests: [] },
    ],
    ['1..0 # Skipped: Only valid there\n', { planned: 0, skipped: 'Only valid there', tests: [] }],
    ['Bail out!  no connection\n', { tests: [], bailedOut: 'no connection' }],
    ['', { tests: [] }],
  ])('may be that nothing is tried: %j', (text, tap) => {
    expect(parseTap(text)).toEqual(tap);
  });
});

describe('an outcome', () => {
  const died = '# Looks like your test exited with 255 just after 1.\n';

  test.each([
    { stdout: 'ok 1\nok 2\n1..2\n', outcome: '2 ok', passes: true },
    {
      stdout: '1..3\nok 1\nok 2 # skip no\nok 3 # skip no\n',
      outcome: '1 ok, 2 skipped',
      passes: true,
    },
    { stdout: '1..2\nok 1\nnot ok 2\n', code: 1, outcome: '1 ok, 1 failed', passes: false },
    { stdout: '1..3\nok 1\n', outcome: '1 ok, 2 missing', passes: false },
    {
      stdout: '1..3\nok 1\n',
      code: 255,
      outcome: '1 ok, 2 missing; exits with 255',
      passes: false,
    },
    {
      stdout: '1..3\nok 1\n',
      code: 255,
      stderr: `warned at x.t line 3.\nCan't call it at y.pm line 7.\n${died}`,
      outcome: "1 ok, 2 missing; dies: Can't call it",
      passes: false,
    },
    {
      stdout: '1..2\nok 1\n',
      code: 55,
      stderr: `# a note at x.t line 2.\nlibvirt error code: 55, message: no\n${died}`,
      outcome: '1 ok, 1 missing; dies: libvirt error code: 55, message: no',
      passes: false,
    },
    { stdout: '1..1\nok 1\n', code: 3, outcome: '1 ok; exits with 3', passes: false },
    {
      stdout: '1..1\nok 1\n',
      code: -1,
      signal: 'SIGKILL',
      outcome: '1 ok; killed by SIGKILL',
      passes: false,
    },
    {
      stdout: 'Bail out!  no harness\n',
      code: 255,
      outcome: 'gives up: no harness',
      passes: false,
    },
    { stdout: '1..0 # SKIP not here\n', outcome: 'all skipped: not here', passes: true },
    { stdout: '1..1\nnot ok 1 # TODO later\n', outcome: '1 todo', passes: true },
    { stdout: '', outcome: 'nothing', passes: false },
  ] as const)('is in words: $outcome', ({ outcome, passes, ...result }) => {
    expect(outcomeOf({ code: 0, signal: null, stderr: '', ...result })).toBe(outcome);
    expect(isPass(outcome)).toBe(passes);
  });

  test('that is expected to be a failure must be one', () => {
    expect(isExpected(failure, '2 ok')).toBe(false);
    expect(isExpected(failure, '1 ok, 1 failed')).toBe(true);
    expect(isExpected('2 ok', '1 ok, 1 failed')).toBe(false);
    expect(isExpected('2 ok', '2 ok')).toBe(true);
  });
});

describe('the table', () => {
  test('has each script once', () => {
    const names = kitTable.map(({ script }) => script);
    expect(names).toEqual([...new Set(names)]);
    expect(names.length).toBeGreaterThan(70);
  });

  test('has a reason for each difference, and no difference that is none', () => {
    const different = kitTable.flatMap(({ script, libvirt, here }) =>
      here === undefined ? [] : [{ script, libvirt, ...here }],
    );
    for (const { outcome, libvirt, reason } of different) {
      expect(reason.length).toBeGreaterThan(10);
      expect(outcome).not.toBe(libvirt);
    }
  });

  test('has no script that passes with libvirt and fails here', () => {
    const passes = (outcome: string): boolean => outcome !== failure && isPass(outcome);
    const worse = kitTable.filter(
      ({ libvirt, here }) => passes(libvirt) && here !== undefined && !passes(here.outcome),
    );
    expect(worse).toEqual([]);
  });
});

describe('the program that stands for systemctl and service', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tslxc-unit-'));
    installService(folder);
    writeFileSync(join(folder, 'daemon'), script);
    writeFileSync(join(folder, 'pid'), '');
  });

  afterEach(() => {
    ask('systemctl', 'stop', 'libvirtd');
    rmSync(folder, { recursive: true });
  });

  /** Writes what happens to it into a file, and is ready when that has a line. */
  const script = `
    said=\${0%/*}/said
    trap 'echo reload >>"$said"' HUP
    trap 'echo shutdown >>"$said"; exit 0' TERM
    echo start >>"$said"
    while :; do sleep 0.02; done`;

  function ask(program: string, ...words: readonly string[]): { code: number; said: string } {
    const env = {
      PATH: process.env['PATH'],
      KIT_DAEMON: `sh ${folder}/daemon`,
      KIT_READY: `test -s ${folder}/said`,
      KIT_PID: join(folder, 'pid'),
    };
    const { status, stdout, stderr } = spawnSync(join(folder, program), words, {
      env,
      encoding: 'utf8',
    });
    return { code: status ?? -1, said: `${stdout}${stderr}`.trim() };
  }

  function lines(): string[] {
    return readFileSync(join(folder, 'said'), 'utf8').trimEnd().split('\n');
  }

  test('starts, reloads, restarts and stops the daemon, and says whether it runs', async () => {
    expect(ask('systemctl', 'status', 'libvirtd').said).toBe('inactive (dead)');
    expect(ask('systemctl', 'start', 'libvirtd')).toEqual({ code: 0, said: '' });
    expect(ask('service', 'libvirtd', 'status').said).toBe('active (running)');
    expect(ask('service', 'libvirtd', 'reload').code).toBe(0);
    await eventually(() => expect(lines()).toEqual(['start', 'reload']));
    expect(ask('systemctl', 'restart', 'libvirtd').code).toBe(0);
    await eventually(() => expect(lines()).toEqual(['start', 'reload', 'shutdown', 'start']));
    expect(ask('systemctl', 'stop', 'libvirtd').code).toBe(0);
    expect(lines().at(-1)).toBe('shutdown');
    expect(ask('systemctl', 'status', 'libvirtd').said).toBe('inactive (dead)');
  });

  test('stops nothing where nothing runs, and refuses what it does not know', () => {
    expect(ask('systemctl', 'stop', 'libvirtd').code).toBe(0);
    expect(ask('systemctl', 'enable', 'libvirtd')).toEqual({
      code: 1,
      said: 'enable is not asked of it',
    });
  });
});
