/** The log of a console: what it keeps, how much, where, and that nothing about it can hold a container up. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Domain, LogLine } from 'tslxc';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { commandLine, runProgram, runSuccessfully } from '../../support/process/run-command';
import { TestDomain } from '../../support/domain/test-domain';
import { ConsoleSession } from '../../support/console/console-session';

const megabyte = 2 ** 20;

const root = containerTest(async (keep) => keep(await makeBusyboxRoot(['stty', 'seq', 'true'])), {
  per: 'file',
});

function running(name: string, script: string): Promise<TestDomain> {
  return TestDomain.ofScript(name, script, root);
}

function logOf(test: TestDomain, suffix = ''): string {
  return join(test.root, 'var/log/tslxc/lxc', `${test.name}.console.log${suffix}`);
}

async function linesOf(domain: Domain, lines?: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of domain.logs(lines === undefined ? {} : { lines })) found.push(line);
  return found;
}

test('what the console put out is there when the container has ended, to the last byte, of several runs', async () => {
  await using test = await running('logs-kept', 'echo begin; printf "no end"');
  for (let run = 1; run <= 3; run += 1) {
    await test.domain.start();
    await test.domain.wait();
    const expected = 'begin\r\nno end'.repeat(run);
    expect(readFileSync(logOf(test), 'latin1')).toBe(expected);
  }
  expect(await linesOf(test.domain)).toEqual(['begin', 'no endbegin', 'no endbegin', 'no end']);
  expect(await linesOf(test.domain, 1)).toEqual(['no end']);
  expect(await linesOf(test.domain, 0)).toEqual([]);
  expect(statSync(logOf(test)).mode & 0o7777).toBe(0o600);
  expect(statSync(join(logOf(test), '..')).mode & 0o7777).toBe(0o700);
  expect(await test.run('logs', '-n', '2')).toBe('no endbegin\nno end\n');
});

test('--raw shows it byte for byte, whatever that is', async () => {
  await using test = await running('logs-raw', String.raw`printf 'caf\351 \000\r\n\377'`);
  await test.domain.start();
  await test.domain.wait();
  expect(readFileSync(logOf(test), 'latin1')).toBe('caf\xe9 \0\r\r\n\xff');
  const line = `"$@" logs ${test.name} --raw | cmp - ${logOf(test)}`;
  expect(
    await runProgram(['sh', '-c', line, 'sh', ...commandLine()], { root: test.root }),
  ).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await test.run('logs')).toBe('caf\ufffd \\x00\n\ufffd\n');
});

test('of a transient domain it is there when that is gone, and an unknown name has none', async () => {
  await using test = await running(
    'logs-transient',
    'echo begin; echo crashed; kill -SEGV $$; exit 3',
  );
  const file = join(test.root, 'transient.xml');
  const uuid = '6f7e2f6f-4a53-4a2b-9b07-0a8a5a4ce7a1';
  writeFileSync(file, (await test.domain.xml()).replace(test.domain.uuid, uuid));
  await test.domain.undefine();
  const run = (...words: string[]): Promise<string> => runSuccessfully(words, { root: test.root });
  await run('create', file);
  await eventually(async () => expect(await run('list', '--name')).toBe('\n'));
  const missing = await test.try(['dominfo', test.name]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: "error: failed to get domain 'logs-transient'\n",
  });
  expect(await run('logs', test.name, '--follow')).toBe('begin\ncrashed\n');
  expect(await run('logs', test.name, '-n', '1')).toBe('crashed\n');
  // A handle on the domain that is gone reads the same, until another has its name.
  expect(await linesOf(test.domain, 1)).toEqual(['crashed']);
  for (const name of ['logs-unknown', `../lxc/${test.name}`, uuid]) {
    const unknown = await test.try(['logs', name]);
    expect(unknown).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: failed to get domain '${name}'\n`,
    });
  }
  await run('define', file);
  await expect(linesOf(test.domain)).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  await run('undefine', test.name);
});

test('a container that says nothing has no file', async () => {
  await using test = await running('logs-silent', 'true');
  await test.domain.start();
  await test.domain.wait();
  expect(existsSync(logOf(test))).toBe(false);
  expect(await linesOf(test.domain)).toEqual([]);
});

test('a destroy loses nothing, and undefine keeps the log', async () => {
  await using test = await running('logs-destroyed', 'echo ready; echo last; sleep 1000');
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain);
  await session.expect(/last\r\n/);
  await test.domain.destroy();
  expect(await linesOf(test.domain)).toEqual(['ready', 'last']);
  await test.domain.undefine();
  expect(readFileSync(logOf(test), 'latin1')).toBe('ready\r\nlast\r\n');
});

test('following shows what is there and what comes, and ends with the container', async () => {
  await using test = await running(
    'logs-follow',
    'echo one; echo two; read go; echo three; printf "\\033[31mfour"',
  );
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain);
  // A client is sent the output before the log is: the monitor writes that when it has nothing else to do.
  await eventually(async () => expect(await linesOf(test.domain)).toEqual(['one', 'two']));
  const command = test.run('logs', '-f');
  const seen: string[] = [];
  for await (const line of test.domain.logs({ follow: true, lines: 1 })) {
    seen.push(line);
    if (seen.length === 1) session.enter('');
  }
  // The echo of Enter ends a line of its own.
  expect(seen).toEqual(['two', '', 'three', '\x1b[31mfour']);
  expect(await command).toBe('one\ntwo\n\nthree\n\\x1b[31mfour\n');
});

test('following ends at an abort', async () => {
  await using test = await running('logs-abort', 'echo one; sleep 1000');
  await test.domain.start();
  const abort = new AbortController();
  const seen: string[] = [];
  for await (const line of test.domain.logs({ follow: true, signal: abort.signal })) {
    seen.push(line);
    abort.abort();
  }
  expect(seen).toEqual(['one']);
});

test('each line has the time when it was put out, and --since and --until choose by it', async () => {
  await using test = await running('logs-times', 'stty -echo; echo one; read go; echo two');
  const moments = [new Date()];
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain);
  await eventually(async () => expect(await linesOf(test.domain)).toEqual(['one']));
  moments.push(new Date());
  // So that no line has a time that is a moment, which both options take.
  while (Date.now() <= (moments[1]?.getTime() ?? 0));
  const followed = test.run('logs', '-f', '--since', moments[1]?.toISOString() ?? '');
  session.enter('');
  await test.domain.wait();
  moments.push(new Date());
  const found: LogLine[] = [];
  for await (const line of test.domain.logLines()) found.push(line);
  expect(found.map(({ line }) => line)).toEqual(['one', 'two']);
  const order = [moments[0], found[0]?.time, moments[1], found[1]?.time, moments[2]];
  const times = order.map((moment) => moment?.getTime() ?? NaN);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const middle = moments[1]?.toISOString() ?? '';
  expect(await followed).toBe('two\n');
  expect(await test.run('logs', '--until', middle)).toBe('one\n');
  expect(await test.run('logs', '--since', '1h', '-n', '1')).toBe('two\n');
  expect(await test.run('logs', '-t')).toBe(
    found.map(({ line, time }) => `${time?.toISOString()} ${line}\n`).join(''),
  );
  expect(await test.try(['logs', test.name, '--since', 'yesterday'])).toMatchObject({
    code: 1,
    stdout: '',
  });
  expect(await test.try(['logs', test.name, '--until', '2026-02-30'])).toMatchObject({
    code: 1,
    stdout: '',
  });
  expect(() => test.domain.logs({ since: new Date(NaN) })).toThrow(
    'Domain.logs: options.since is not a valid date',
  );
});

const many = 220_000;

test('no more than two files of 1 MiB are kept, and they end with what came last', async () => {
  await using test = await running('logs-bounded', `stty -opost; seq 1 ${many}`);
  await test.domain.start();
  await test.domain.wait();
  const [old, current] = [logOf(test, '.1'), logOf(test)].map((file) =>
    readFileSync(file, 'latin1'),
  );
  expect(old).toHaveLength(megabyte);
  expect(current?.length).toBeLessThanOrEqual(megabyte);
  const kept = `${old ?? ''}${current ?? ''}`;
  const numbers = kept.slice(kept.indexOf('\n') + 1).split('\n');
  const first = Number(numbers[0]);
  const expected = Array.from({ length: many - first + 1 }, (_, index) => String(first + index));
  expect(numbers.join('\n') === `${expected.join('\n')}\n`).toBe(true);
  expect(existsSync(logOf(test, '.2'))).toBe(false);
  let last = 0;
  for await (const { line, time } of test.domain.logLines()) {
    if (!(time !== undefined && time.getTime() >= last))
      throw new Error(`${line}: ${String(time)}`);
    last = time.getTime();
  }
  for (const suffix of ['.times', '.1.times']) {
    expect(statSync(logOf(test, suffix)).mode & 0o7777).toBe(0o600);
    expect(statSync(logOf(test, suffix)).size).toBeLessThan(megabyte + 2 ** 17);
  }
});

test('a follower reads across rotations', async () => {
  const script = `echo ready; read go; i=0; while [ $i -lt 22 ]; do seq $((i * 10000 + 1)) $((i * 10000 + 10000)); i=$((i + 1)); sleep 0.05; done`;
  await using test = await running('logs-rotated', `stty -opost -echo; ${script}`);
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain);
  let next = 0;
  for await (const line of test.domain.logs({ follow: true })) {
    // Not before: Enter must not be echoed, and the follower has to be there.
    if (next === 0) session.enter('');
    if (line !== (next === 0 ? 'ready' : String(next)))
      throw new Error(`'${line}' came instead of ${next}`);
    next += 1;
  }
  expect(next - 1).toBe(many);
  expect(existsSync(logOf(test, '.1'))).toBe(true);
});

describe('what it can not keep', () => {
  test('on a full disk holds no container up, and is told of once there is room', async () => {
    await using test = await running(
      'logs-full',
      'stty -opost; seq 1 200000; echo flooded > /flooded; read go; echo room again',
    );
    const folder = join(test.root, 'var/log/tslxc/lxc');
    mkdirSync(folder, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', 'size=128k,mode=0700', 'tmpfs', folder);
    try {
      await test.domain.start();
      await eventually(() => expect(existsSync(join(root.path, 'flooded'))).toBe(true), 20_000);
      expect(statSync(logOf(test)).size).toBeLessThanOrEqual(128 * 1024);
      run('mount', '-o', 'remount,size=4m', folder);
      using session = await ConsoleSession.open(test.domain);
      session.enter('');
      expect(await test.domain.wait()).toMatchObject({ how: 'exited', code: 0 });
      const lines = await linesOf(test.domain);
      const marks = lines.filter((line) => line.startsWith('[tslxc: '));
      expect(marks).toEqual([
        expect.stringMatching(/^\[tslxc: \d+ bytes of output could not be kept\]$/),
      ]);
      expect(lines.at(-1)).toBe('room again');
    } finally {
      // The monitor has told of the end, and may still have its log open.
      run('umount', '--lazy', folder);
    }
  });

  test('without a place holds none up either', async () => {
    await using test = await running('logs-nowhere', 'echo hello; exit 5');
    mkdirSync(join(test.root, 'var/log'), { recursive: true });
    writeFileSync(join(test.root, 'var/log/tslxc'), 'no folder');
    await test.domain.start();
    expect(await test.domain.wait()).toMatchObject({ code: 5 });
  });

  test.each(['a link', 'a pipe', 'a directory'])(
    'since %s has its name stays out of there',
    async (kind) => {
      await using test = await running('logs-planted', 'echo secret; exit 5');
      const file = logOf(test);
      const victim = join(test.root, 'victim');
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(victim, '');
      if (kind === 'a link') symlinkSync(victim, file);
      if (kind === 'a pipe') spawnSync('mkfifo', [file]);
      if (kind === 'a directory') mkdirSync(file);
      const planted = lstatSync(file).ino;
      await test.domain.start();
      expect(await test.domain.wait()).toMatchObject({ code: 5 });
      expect(readFileSync(victim, 'latin1')).toBe('');
      expect(lstatSync(file).ino).toBe(planted);
    },
  );
});

function run(program: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

test('nothing that a container with the root of the host does can reach it', async () => {
  await using test = await TestDomain.make({
    name: 'logs-hidden',
    init: '/bin/sh',
    initArguments: ['-c', 'ls -a "$0" | wc -l; rm -rf "$0"/*; echo done', '/var/log/tslxc'],
    elements: '',
  });
  await test.domain.start();
  await test.domain.wait();
  expect((await linesOf(test.domain)).at(-1)).toBe('done');
});

test('the log of a domain tells of its starts and ends, and at debug level of every step', async () => {
  await using test = await running('logs-driver', 'exit 3');
  const entries = (): { level: number; msg: string }[] =>
    readFileSync(join(test.root, 'var/log/tslxc/lxc', `${test.name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string });
  await test.run('start');
  await test.untilGone();
  await eventually(() =>
    expect(entries().filter(({ level }) => level === 30)).toMatchObject([
      { msg: 'container started', id: expect.any(Number) as number },
      { msg: 'container ended and was cleaned up', exit: { how: 'exited', code: 3 } },
    ]),
  );
  expect(entries().filter(({ level }) => level < 30)).toEqual([]);
  await test.spawn(['start', test.name], { env: { TSLXC_LOG_LEVEL: 'debug' } });
  await test.untilGone();
  const steps = entries().filter(({ level }) => level === 20);
  expect(steps.map(({ msg }) => msg)).toEqual([
    'plan compiled',
    'start record written',
    'mount targets made',
    'cgroups made, monitor spawned',
    'monitor answers',
    'init executes its program',
  ]);
  await test.domain.undefine();
});
