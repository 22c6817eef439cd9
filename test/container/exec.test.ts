/** Commands in a running container: how they end, what they are given, and that nothing of them is left. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { TslxcError } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { eventually } from '../support/time/eventually';
import { helpers, pidOf, pidsOf, runIn } from '../support/domain/exec';
import { readerNames, readUntilResult, written } from '../support/domain/readers';
import { containerTest } from '../support/world/container-test';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { TestDomain } from '../support/domain/test-domain';
import { commandLine, runProgram, type CommandResult } from '../support/process/run-command';

const world = containerTest(
  async (keep) => {
    const root = keep(
      await makeBusyboxRoot(['env', 'id', 'mkdir', 'mount', 'readlink', 'tty', 'chmod', 'touch']),
    );
    const test_ = keep(
      await TestDomain.make({ name: 'exec', init: '/bin/sleep', initArguments: ['100000'] }),
    );
    await test_.start();
    return { root, test_ };
  },
  { per: 'file' },
);

async function failure(argv: readonly string[], options = {}): Promise<TslxcError> {
  return world.test_.domain.exec(argv, options).then(
    () => {
      throw new Error('it was executed');
    },
    (error: unknown) => error as TslxcError,
  );
}

/** In groups of eight at once. */
async function forEach<T>(all: readonly T[], action: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 8) await Promise.all(all.slice(at, at + 8).map(action));
}

test('exit codes from 0 to 255 are exact', async () => {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const seen: (number | undefined)[] = [];
  await forEach(codes, async (code) => {
    const process = await world.test_.domain.exec(['sh', '-c', `exit ${code}`], {
      stdin: 'ignore',
    }).started;
    const result = await process.result;
    seen[code] = result.code;
  });
  expect(seen).toEqual(codes);
});

test('signals that end a command are exact', async () => {
  const { SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH } =
    constants.signals;
  const harmless = [SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH];
  const deadly = Array.from({ length: 64 }, (_, index) => index + 1).filter(
    (number) => !harmless.includes(number),
  );
  await forEach(deadly, async (number) => {
    const { result } = await runIn(world.test_.domain, ['sh', '-c', `kill -${number} $$; sleep 9`]);
    const name = result.signal ?? 'none';
    const found =
      (constants.signals as Record<string, number | undefined>)[name] ??
      Number(name.slice('SIG'.length));
    expect(`${number}: ${found}`).toBe(`${number}: ${number}`);
  });
});

test('64 MB of its output arrive byte for byte, and 8 MB of its input', async () => {
  const folder = mkdtempSync('/var/tmp/tslxc-exec-');
  const path = join(folder, 'content');
  const content = randomBytes(64 * 1024 * 1024);
  writeFileSync(path, content);
  try {
    const hash = createHash('sha256');
    const reading = await world.test_.domain.exec(['cat', path], { stdin: 'ignore' }).started;
    for await (const chunk of reading.stdout) hash.update(chunk as Buffer);
    expect(await reading.result).toEqual({ code: 0 });
    expect(hash.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
    const part = content.subarray(0, 8 * 1024 * 1024);
    const { stdout } = await runIn(world.test_.domain, ['sha256sum'], { stdin: part });
    expect(stdout).toBe(`${createHash('sha256').update(part).digest('hex')}  -\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(readerNames)('who %s has all of the output when the result settles', async (name) => {
  const jobs = Array.from({ length: 10 }, () => readUntilResult(world.test_.domain, name));
  for (const { read, result } of await Promise.all(jobs)) {
    expect(result).toEqual({ code: 0 });
    expect(read === written).toBe(true);
  }
});

test('the output of commands that have ended before they are read can still be read, without a descriptor', async () => {
  const { domain } = world.test_;
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  const tty = { rows: 24, columns: 80 };
  const commands = [
    (await domain.exec(['echo', 'one']).started).stdout,
    (await domain.exec(['echo', 'one'], { tty }).started).terminal,
  ];
  await eventually(() => expect(helpers()).toEqual([]));
  await eventually(() => expect(descriptors()).toBeLessThanOrEqual(before));
  for (const output of commands) expect(String(output.read())).toMatch(/^one\r?\n$/);
});

test('100 commands leave descriptors, threads and processes as they were', async () => {
  const own = (): string[] => readdirSync('/proc/self/fd').sort();
  const run = async (): Promise<void> => {
    const process = await world.test_.domain.exec(['true']).started;
    expect(await process.result).toEqual({ code: 0 });
  };
  for (let index = 0; index < 8; index += 1) await run();
  await eventually(() => expect(helpers()).toEqual([]));
  const picture = snapshotHost();
  const threads = readdirSync('/proc/self/task').length;
  const descriptors = own();
  await forEach(Array.from({ length: 100 }), run);
  await eventually(() => expect(helpers()).toEqual([]));
  // Those of the commands before may not all have been closed yet.
  await eventually(() => expect(descriptors).toEqual(expect.arrayContaining(own())));
  await eventually(() => {
    expect(readdirSync('/proc/self/task').length).toBeLessThanOrEqual(threads);
  });
  await expectHostUnchanged(picture, { except: ['descriptors'] });
});

test('a stdin that is open for writing only is empty, and one that can not be read is an error', async () => {
  const copied = (stdin: string): Promise<CommandResult> =>
    runProgram(['sh', '-c', `"$@" ${stdin}`, 'sh', ...commandLine('exec', 'exec', 'cat')], {
      root: world.test_.root,
    });
  expect(await copied('0>/dev/null')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await copied('</')).toMatchObject({
    code: 125,
    stdout: '',
    stderr:
      "error: failed to read all of the command's input\n" +
      'error: read: EISDIR, illegal operation on a directory (read standard input)\n',
  });
});

test('environment, working directory and user are as asked', async () => {
  const { stdout } = await runIn(
    world.test_.domain,
    ['sh', '-c', 'pwd; id; echo $A-$HOME-$container'],
    {
      env: { A: 'a b=c', HOME: '/somewhere' },
      cwd: '/usr/../var/log/',
      user: 'nobody',
    },
  );
  expect(stdout.split('\n')).toEqual([
    '/var/log',
    expect.stringMatching(/^uid=65534\(nobody\) gid=65534\(nogroup\) groups=65534\(nogroup\)$/),
    'a b=c-/somewhere-lxc-libvirt',
    '',
  ]);
  const numbers = await runIn(world.test_.domain, ['sh', '-c', 'id -u; id -g'], {
    user: '1234:+5678',
  });
  expect(numbers.stdout).toBe('1234\n5678\n');
});

test('a user that is not root can open its streams anew', async () => {
  const script = 'echo out > /dev/stdout; echo err > /dev/stderr; cat /dev/stdin';
  const ran = await runIn(world.test_.domain, ['sh', '-c', script], {
    user: 'nobody',
    stdin: Buffer.from('in\n'),
  });
  expect(ran).toEqual({ result: { code: 0 }, stdout: 'out\nin\n', stderr: 'err\n' });
});

test.each([
  {
    what: 'a program that is not there',
    argv: ['/nowhere/x'],
    options: {},
    name: 'ENOENT',
    words: /cannot find the program '\/nowh/,
  },
  {
    what: 'a name that PATH does not have',
    argv: ['nothing-of-it'],
    options: {},
    name: 'ENOENT',
    words: /in the PATH of the command/,
  },
  {
    what: 'a file that is no program',
    argv: ['/etc/passwd'],
    options: {},
    name: 'EACCES',
    words: /'\/etc\/passwd' is not executable/,
  },
  {
    what: 'a directory',
    argv: ['/etc'],
    options: {},
    name: 'EACCES',
    words: /'\/etc' is not a regular file/,
  },
  {
    what: 'a cwd that is not there',
    argv: ['true'],
    options: { cwd: '/none' },
    name: 'ENOENT',
    words: /working directory '\/none'/,
  },
  {
    what: 'a cwd that is a file',
    argv: ['true'],
    options: { cwd: '/etc/passwd' },
    name: 'ENOTDIR',
    words: /is not a directory/,
  },
  {
    what: 'a cwd out of reach',
    argv: ['true'],
    options: { cwd: '/root', user: '77' },
    name: 'EACCES',
    words: /may not be entered/,
  },
] as const)('$what is told in words', async ({ argv, options, name, words }) => {
  const error = await failure(argv, options);
  expect(error).toMatchObject({ code: 'SYSTEM_ERROR', errno: constants.errno[name] });
  expect(error.message).toMatch(words);
});

test.each([
  [[], {}, /argv is empty, and a command needs a program/],
  [[''], {}, /argv\[0\] is empty, and a command needs a program/],
  [['a\0b'], {}, /NUL/],
  [['true'], { env: { 'a=b': 'c' } }, /not a variable name/],
  [['true'], { cwd: 'relative' }, /options\.cwd is 'relative', not an absolute path/],
  [['true'], { timeout: -1 }, /not a number of milliseconds/],
  [['true'], { tty: { rows: -1, columns: 1 } }, /options\.tty\.rows is -1, not a whole number/],
  [['true'], { user: 'nobody-at-all' }, /user 'nobody-at-all' doesn't exist/],
  [['true'], { user: 'root:no-group' }, /group 'no-group' doesn't exist/],
] as const)('%j with %j is refused', async (argv, options, words) => {
  const error = await failure(argv, options);
  expect(error).toMatchObject({ code: 'INVALID_ARG' });
  expect(error.message).toMatch(words);
});

test('a command sees the mounts that init has made, and is where init is', async () => {
  const script =
    'mkdir /new; mount -t tmpfs t /new; echo inside > /new/file; while :; do sleep 1; done';
  await using test = await TestDomain.make({
    name: 'exec-mounts',
    init: '/bin/sh',
    initArguments: ['-c', script],
    filesystems: [{ source: world.root.path, target: '/' }],
  });
  await test.start();
  await eventually(async () => {
    expect((await runIn(test.domain, ['cat', '/new/file'])).stdout).toBe('inside\n');
  });
});

test('what is left behind by a command that has ended goes on', async () => {
  const { result } = await runIn(world.test_.domain, ['sh', '-c', 'sleep 4711 > /dev/null 2>&1 &']);
  expect(result).toEqual({ code: 0 });
  const pid = await pidOf('sleep', '4711');
  await eventually(() => expect(helpers()).toEqual([]));
  expect(pidsOf('sleep', '4711')).toEqual([pid]);
  process.kill(pid);
  await eventually(() => expect(pidsOf('sleep', '4711')).toEqual([]));
});

test('a domain that is off or frozen says so', async () => {
  await using test = await TestDomain.make({ name: 'exec-off' });
  await expect(test.domain.exec(['true'])).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  await test.start();
  const freezer = '/sys/fs/cgroup/freezer/libvirt/lxc/exec-off/freezer.state';
  writeFileSync(freezer, 'FROZEN');
  try {
    await expect(test.domain.exec(['true'])).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
      message: expect.stringMatching(/paused/) as string,
    });
  } finally {
    writeFileSync(freezer, 'THAWED');
  }
  expect((await runIn(test.domain, ['true'])).result).toEqual({ code: 0 });
});

describe('a command that is awaited', () => {
  test('resolves to its output, its errors and its exit code', async () => {
    const { domain } = world.test_;
    const script = 'echo "a: $(cat)b"; echo e >&2; exit 3';
    expect(await domain.exec(['sh', '-c', script])).toEqual({
      stdout: 'a: b\n',
      stderr: 'e\n',
      code: 3,
    });
    expect(await domain.exec(['cat'], { stdin: Buffer.from('é'), encoding: 'buffer' })).toEqual({
      stdout: Buffer.from('é'),
      stderr: Buffer.alloc(0),
      code: 0,
    });
    const tty = { rows: 24, columns: 80 };
    expect(await domain.exec(['echo', 'one'], { tty })).toEqual({
      stdout: 'one\r\n',
      stderr: '',
      code: 0,
    });
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
  ])('and was ended by %s has its name, and the code %d', async (signal, code) => {
    const script = `kill -${signal.slice(3)} $$; sleep 9`;
    const ended = await world.test_.domain.exec(['sh', '-c', script]);
    expect(ended).toEqual({ stdout: '', stderr: '', code, signal });
  });

  test('gives all of a large output, and ends with more than maxBuffer', async () => {
    const { domain } = world.test_;
    const size = 3_000_000;
    const large = ['head', '-c', String(size), '/dev/zero'];
    expect((await domain.exec(large)).stdout).toHaveLength(size);
    const refused = await failure([...large.slice(0, 3), '/dev/zero'], { maxBuffer: 1000 });
    expect(refused).toMatchObject({
      code: 'MAX_BUFFER_EXCEEDED',
      domain: domain.name,
      message: `too much output: a command in domain '${domain.name}' was ended: its stdout is longer than maxBuffer, 1000 bytes`,
      stdout: '\0'.repeat(1000),
      stderr: '',
    });
    const endless = await failure(['sh', '-c', 'while :; do echo e >&2; done'], { maxBuffer: 10 });
    expect(endless).toMatchObject({ stdout: '', stderr: 'e\ne\ne\ne\ne\n' });
  });

  test('rejects when its time is over and when it is aborted, with what it has said', async () => {
    const late = await failure(['sleep', '3141'], { timeout: 300 });
    expect(late).toMatchObject({ code: 'OPERATION_TIMEOUT', stdout: '', stderr: '' });
    expect(pidsOf('sleep', '3141')).toEqual([]);
    const abort = new AbortController();
    const { signal } = abort;
    const command = world.test_.domain.exec(['sh', '-c', 'echo one; exec sleep 3146'], { signal });
    const ended = command.catch((error: unknown) => error);
    // One that is aborted before has put out nothing.
    await command.started;
    await pidOf('sleep', '3146');
    abort.abort();
    expect(await ended).toMatchObject({
      code: 'OPERATION_ABORTED',
      stdout: 'one\n',
      stderr: '',
    });
    expect(pidsOf('sleep', '3146')).toEqual([]);
  });

  test('does not wait for what it has left behind', async () => {
    const ended = await world.test_.domain.exec(['sh', '-c', 'sleep 3142 & echo one']);
    expect(ended).toEqual({ stdout: 'one\n', stderr: '', code: 0 });
    process.kill(await pidOf('sleep', '3142'), 'SIGKILL');
  });

  test('runs once, also when it is awaited twice, and its input is the caller’s when `started` was asked for', async () => {
    const command = world.test_.domain.exec(['cat']);
    const { stdin } = await command.started;
    stdin.end('typed');
    const [first, second] = await Promise.all([command, command]);
    expect(first).toEqual({ stdout: 'typed', stderr: '', code: 0 });
    expect(second).toBe(first);
  });

  test('that is disposed of is ended, with all that it has started', async () => {
    {
      await using command = world.test_.domain.exec(['sh', '-c', 'sleep 3143 & sleep 3143']);
      await command.started;
      await pidOf('sleep', '3143');
    }
    expect(pidsOf('sleep', '3143')).toEqual([]);
    {
      await using started = await world.test_.domain.exec(['sleep', '3144']).started;
      expect(await pidOf('sleep', '3144')).toBeGreaterThan(0);
      expect(started.stdout.destroyed).toBe(false);
    }
    expect(pidsOf('sleep', '3144')).toEqual([]);
  });
});
