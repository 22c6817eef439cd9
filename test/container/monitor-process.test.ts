/** The monitor as a process: what it may, what it holds, what it is made of, and that its file is safe. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, copyFileSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { monitorPath } from '../../lib/host/package-paths';
import { eventually } from '../support/time/eventually';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { libraryWords } from '../support/process/library-child';
import { expectMonitorDescriptors } from '../support/process/open-descriptors';
import { commandLine, commandEnvironment, runProgram } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';
import { untilIn } from '../support/process/processes';
import { initOf, monitorsOf } from '../support/world/container-traces';
import { ConsoleSession } from '../support/console/console-session';
const children: ChildProcess[] = [];

const world = containerTest(
  async (keep) => {
    const scratch = await mkdtemp('/var/tmp/tslxc-monitor-process-');
    keep(() => rm(scratch, { recursive: true }));
    mkdirSync(join(scratch, 'proc'));
    return { scratch };
  },
  { per: 'file' },
);

afterEach(async () => {
  for (const child of children.splice(0)) await ended(child);
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Runs a program until the end of the test. */
async function runs(program: string, ...words: string[]): Promise<ChildProcess & { pid: number }> {
  const child = spawn(program, words, { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} did not start`);
  return Object.assign(child, { pid });
}

/** The path of a read-only bind of a file, which a process keeps until the end of the test. */
async function keptReadOnly(file: string): Promise<string> {
  const child = spawn('python3', [join(__dirname, 'kept-bind.py'), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return `/proc/${String(child.pid)}/fd/${String((await lines.next()).value)}`;
}

/** A started domain that sleeps, and its monitor's pid. */
async function sleeping(name: string): Promise<{ test: TestDomain; monitor: number }> {
  const test = await TestDomain.make({ name, init: '/bin/sleep', initArguments: ['1000'] });
  await test.domain.start();
  return { test, monitor: test.domain.id ?? 0 };
}

type Results = Readonly<Record<string, string>>;

interface Attack {
  /** While the process runs. */
  readonly running: Results;
  /** When it has ended, through a descriptor that was kept. */
  readonly later: Results;
}

const attacker = join(__dirname, 'executable-attack.py');

/** Root in a container that has the host's /proc tries to write a process's executable. */
async function attackFromContainer(pid: number, end: () => Promise<unknown>): Promise<Attack> {
  const asked = ['python3', '-c', 'import sys; print(sys.executable, end="")'];
  const { stdout: python } = await runProgram(asked);
  const proc = join(world.scratch, 'proc');
  await using test = await TestDomain.make({
    name: 'monitor-attacker',
    init: python,
    initArguments: [attacker, proc, String(pid)],
    filesystems: [{ source: '/proc', target: proc }],
  });
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain);
  const next = async (): Promise<Results> => {
    const [, results = ''] = await session.expect(/(\{.*\})\r\n/);
    return JSON.parse(results) as Results;
  };
  const running = await next();
  await end();
  session.enter('');
  return { running, later: await next() };
}

/** The same by root of the host. */
async function attackFromHost(pid: number, end: () => Promise<unknown>): Promise<Attack> {
  const child = spawn('python3', [attacker, '/proc', String(pid)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Results> =>
    JSON.parse(String((await lines.next()).value)) as Results;
  const running = await next();
  await end();
  child.stdin.end('\n');
  return { running, later: await next() };
}

describe('its executable', () => {
  test.each([
    ['in a container that sees the host’s /proc', attackFromContainer],
    ['of the host', attackFromHost],
  ])('can’t be written by root %s, nor when it has ended', async (_, attack) => {
    const bytes = readFileSync(monitorPath);
    const { test, monitor } = await sleeping('monitor-victim');
    await using victim = test;
    const { running, later } = await attack(monitor, () => victim.domain.destroy());
    for (const [attempt, result] of Object.entries({ ...running, ...later })) {
      expect([attempt, result]).toEqual([
        attempt,
        expect.stringMatching(/^(EROFS|ETXTBSY|EINVAL|EPERM|EACCES)$/),
      ]);
    }
    expect(Object.keys(running)).toHaveLength(10);
    expect(running['write']).toMatch(/EROFS|ETXTBSY/);
    expect(later['write by descriptor']).toBe('EROFS');
    expect(readFileSync(monitorPath).equals(bytes)).toBe(true);
  });

  test('could be written from a container if it were run from where it lies', async () => {
    const copy = join(world.scratch, 'plain');
    copyFileSync('/bin/sleep', copy);
    const victim = await runs(copy, '1000');
    const { running, later } = await attackFromContainer(victim.pid, () => ended(victim));
    expect(running['write']).toBe('ETXTBSY');
    expect(later['write by descriptor']).toBe('done');
  });

  test('could be written from a container if it were run from a read-only bind that is kept', async () => {
    const copy = join(world.scratch, 'bound');
    copyFileSync('/bin/sleep', copy);
    const path = await keptReadOnly(copy);
    expect(() => openSync(path, constants.O_WRONLY)).toThrow(/EROFS/);
    const victim = await runs(path, '1000');
    const { running, later } = await attackFromContainer(victim.pid, () => ended(victim));
    expect(running['set attributes by descriptor']).toBe('done');
    expect(later['write by descriptor']).toBe('done');
  });

  test('is static: it names no interpreter and has no dynamic section', () => {
    const PT_DYNAMIC = 2;
    const PT_INTERP = 3;
    expect(segmentTypes(monitorPath)).not.toContain(PT_DYNAMIC);
    expect(segmentTypes(monitorPath)).not.toContain(PT_INTERP);
    expect(segmentTypes(process.execPath)).toContain(PT_DYNAMIC);
  });
});

/** p_type of each program header of a 64-bit ELF file. */
function segmentTypes(path: string): number[] {
  const file = readFileSync(path);
  const start = Number(file.readBigUInt64LE(0x20));
  const size = file.readUInt16LE(0x36);
  return Array.from({ length: file.readUInt16LE(0x38) }, (_, index) =>
    file.readUInt32LE(start + index * size),
  );
}

/** A field of /proc/PID/status. */
function status(pid: number | 'self', field: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
}

describe('its privileges', () => {
  test('are CAP_KILL alone, and nothing keeps a program that it executes from having all', async () => {
    const { test, monitor } = await sleeping('monitor-privileges');
    await using _ = test;
    const killOnly = (1 << 5).toString(16).padStart(16, '0');
    const fields = [
      'CapPrm',
      'CapEff',
      'CapInh',
      'CapAmb',
      'CapBnd',
      'NoNewPrivs',
      'Seccomp',
      'Uid',
      'Threads',
    ];
    expect(Object.fromEntries(fields.map((field) => [field, status(monitor, field)]))).toEqual({
      CapPrm: killOnly,
      CapEff: killOnly,
      CapInh: '0'.repeat(16),
      CapAmb: '0'.repeat(16),
      CapBnd: status('self', 'CapBnd'),
      NoNewPrivs: '0',
      Seccomp: '0',
      Uid: '0\t0\t0\t0',
      Threads: '1',
    });
  });

  test('are given up before any caller hears that the container runs', async () => {
    await using test = await TestDomain.make({ name: 'monitor-early' });
    const env = { TSLXC_FAILPOINT: 'monitor:after-running=stopSelf' };
    expect(await test.spawn(['start', test.name], { env })).toMatchObject({ code: 0, stderr: '' });
    const monitor = test.domain.id ?? 0;
    // The caller hears of it before.
    await eventually(() => expect(status(monitor, 'State')).toMatch(/^T/));
    expect(status(monitor, 'CapPrm')).toBe('0000000000000020');
    await test.run('destroy');
  });

  test('a process of its own uid may not look into it: it is not dumpable', async () => {
    const { test, monitor } = await sleeping('monitor-dumpable');
    await using _ = test;
    const withoutPtrace = ['setpriv', '--bounding-set', '-sys_ptrace', '--inh-caps', '-sys_ptrace'];
    const [setpriv = '', ...words] = withoutPtrace;
    const control = await runs(setpriv, ...words, 'sleep', '1000');
    const look = async (pid: number): Promise<number> =>
      (await runProgram([...withoutPtrace, 'readlink', `/proc/${pid}/exe`])).code;
    // Once it has executed what gives its capabilities up.
    await eventually(async () => expect(await look(control.pid)).toBe(0));
    expect(await look(monitor)).toBe(1);
  });
});

describe('its descriptors', () => {
  test('are those that it needs, however many its caller had open', async () => {
    const test = await TestDomain.make({
      name: 'monitor-fds',
      init: '/bin/sleep',
      initArguments: ['1000'],
    });
    await using _ = test;
    const [node = '', ...words] = commandLine('start', test.name);
    const extra = openSync(monitorPath, 'r');
    const child = spawn(node, words, {
      env: commandEnvironment(test.root),
      stdio: ['ignore', 'ignore', 'inherit', ...Array.from({ length: 8 }, () => extra)],
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    closeSync(extra);
    // It opens the last of them once its container runs.
    await eventually(() => expectMonitorDescriptors(test.domain.id ?? 0, test.root, test.name));
  });
});

test.each(['init:before-proceed', 'init:before-ready', 'init:after-ready'])(
  'an init that is killed is told of as such, read what it was sent or not: %s',
  async (point) => {
    await using test = await TestDomain.make({ name: 'monitor-killed-init' });
    const env = { TSLXC_FAILPOINT: `${point}=stopSelf` };
    const starting = test.spawn(['start', test.name], { env });
    const init = await initOf(test.name);
    const [monitor = 0] = monitorsOf(test.name);
    await untilIn(init, 'sys_pause');
    await untilIn(monitor, 'poll');
    process.kill(init, 'SIGKILL');
    const { code, stderr } = await starting;
    expect(stderr).toContain('guest failed to start: init died with signal 9');
    expect(code).toBe(1);
  },
);

test('a start executes nothing but the monitor and the container’s init', async () => {
  const trace = join(world.scratch, 'trace');
  const code = `
    const connection = await connect(undefined, { root: ${JSON.stringify(world.scratch)} });
    const domain = await connection.createDomain(${JSON.stringify(domainXml({ name: 'monitor-trace' }))});
    await domain.destroy();
    await connection.close();`;
  const strace = [
    'strace',
    '-f',
    '-qq',
    '-e',
    'trace=execve,execveat',
    '-e',
    'signal=none',
    '-o',
    trace,
  ];
  expect(await runProgram([...strace, ...libraryWords(code)])).toMatchObject({
    code: 0,
    stderr: '',
  });
  const executed = readFileSync(trace, 'utf8')
    .split('\n')
    .flatMap((line) => /exec(?:ve|veat)\([^[]*\["([^"]*)"/.exec(line)?.[1] ?? []);
  expect(executed).toEqual([process.execPath, 'tslxc-monitor', '/bin/sh']);
});
