/** The command on a real terminal: attaching, leaving, and the terminal afterwards; and what it says where. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../lib/host/package-paths';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, nothing } from '../support/world/container-test';
import { PtySession } from '../support/console/pty-session';
import { commandLine, runCommand, runProgram, spawnCommand } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing);

const header = (name: string, escape = ']'): string =>
  `Connected to domain '${name}'\r\nEscape character is ^${escape} (Ctrl + ${escape})\r\n`;

/**
 * Runs a command line in a shell on a terminal, which says its settings before and after:
 * `before=…`, `pid=…` of the command, its own output, then `status=…` and `after=…`.
 */
function onTerminal(container: TestDomain, ...words: readonly string[]): PtySession {
  const script =
    'echo "before=$(stty -g)"; sh -c \'echo "pid=$$"; exec "$@"\' sh "$@"; ' +
    'echo "status=$?"; echo "after=$(stty -g)"';
  const argv = ['sh', '-c', script, 'sh', ...commandLine(...words)];
  return PtySession.start(argv, { env: { TSLXC_ROOT: container.root } });
}

/** Waits for the end of the command; its exit status is this, and the terminal is as it was. */
async function expectLeft(session: PtySession, status: number): Promise<void> {
  await session.expect(`status=${status}\r\n`);
  await session.exit();
  const settings = (which: string): string | undefined =>
    new RegExp(`${which}=(\\S+)`).exec(session.transcript)?.[1];
  expect(settings('after')).toMatch(/^[0-9a-f:]+$/);
  expect(settings('after')).toBe(settings('before'));
}

test('a word that Node.js takes for an option of its own, wherever it is, is the command’s', async () => {
  const program = join(packageRoot, 'dist/cli/main.js');
  const ran = await promisify(execFile)(program, ['echo', '--env-file', '/nowhere']).catch(
    (error: unknown) => error,
  );
  expect(ran).toMatchObject({
    code: 1,
    stderr: "error: command 'echo' doesn't support option --env-file\n",
  });
});

describe('console', () => {
  test('a shell is there at once, and ^] leaves it running', async () => {
    await using container = await TestDomain.make({ name: 'command-leave' });
    await container.start();
    await using session = onTerminal(container, 'console', container.name);
    await session.expect(header(container.name));
    await session.expect(/[#$] $/);
    session.enter('echo answer=$((6 * 7))');
    await session.expect('answer=42');
    session.write('\x1d');
    await session.expect('\r\n');
    await expectLeft(session, 0);
    expect(await container.reason()).toBe('running (booted)');
  });

  test('start --console attaches, and exit in the shell ends console and container', async () => {
    await using container = await TestDomain.make({ name: 'command-exit' });
    await using attached = onTerminal(container, 'start', container.name, '--console');
    await attached.expect(`Domain '${container.name}' started\r\n${header(container.name)}`);
    await attached.expect(/[#$] $/);
    attached.enter('exit 3');
    await expectLeft(attached, 0);
    expect(await container.reason()).toBe('shut off (shutdown: exit code 3)');
  });

  test('what stands before the escape character in one write is sent', async () => {
    await using container = await TestDomain.make({ name: 'command-chunk' });
    await container.start();
    await using session = onTerminal(container, 'console', container.name);
    await session.expect(/[#$] $/);
    session.write('echo answer=$((6 * 7))\r\x1dlost');
    await expectLeft(session, 0);
    await using again = onTerminal(container, 'console', container.name);
    await again.expect(/answer=42\r\n.*[#$] $/);
    again.write('\x1d');
    await expectLeft(again, 0);
    expect(again.transcript).not.toContain('lost');
  });

  test('-e sets another escape character, and ^] goes to the container', async () => {
    await using container = await TestDomain.make({ name: 'command-escape' });
    await container.start();
    await using session = onTerminal(container, '-e', '^x', 'console', container.name);
    await session.expect(header(container.name, 'x'));
    await session.expect(/[#$] $/);
    session.write('\x1d');
    session.write('\x18');
    await expectLeft(session, 0);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('%s ends it with the terminal restored', async (signal, status) => {
    await using container = await TestDomain.make({ name: 'command-signal' });
    await container.start();
    await using session = onTerminal(container, 'console', container.name);
    const [, pid] = await session.expect(/pid=(\d+)/);
    await session.expect(/[#$] $/);
    process.kill(Number(pid), signal);
    await expectLeft(session, status);
    expect(await container.reason()).toBe('running (booted)');
  });

  test('a terminal that is hung up ends it in order, and leaves the container running', async () => {
    await using container = await TestDomain.make({ name: 'command-hang-up' });
    await container.start();
    const status = join(container.root, 'status');
    // The shell outlives the terminal to tell how the command ended.
    const script = `trap "" HUP; sh -c 'trap - HUP; exec "$@"' sh "$@"; echo $? > ${status}`;
    const argv = ['sh', '-c', script, 'sh', ...commandLine('console', container.name)];
    await using session = PtySession.start(argv, { env: { TSLXC_ROOT: container.root } });
    await session.expect(/[#$] $/);
    await session.close();
    await eventually(() => expect(readFileSync(status, 'utf8')).toMatch(/^(0|129)\n$/));
    expect(await container.reason()).toBe('running (booted)');
  });

  test('the end of the container from elsewhere ends it with the terminal restored', async () => {
    await using container = await TestDomain.make({ name: 'command-destroyed' });
    await container.start();
    await using session = onTerminal(container, 'console', container.name);
    await session.expect(/[#$] $/);
    await container.run('destroy');
    await expectLeft(session, 0);
  });

  test('the size is that of the terminal, and follows it', async () => {
    await using container = await TestDomain.make({ name: 'command-size' });
    await container.start();
    await using session = onTerminal(container, 'console', container.name);
    await session.expect(/[#$] $/);
    session.enter('stty size');
    await session.expect('24 80\r\n');
    session.resize(41, 132);
    await eventually(async () => {
      session.enter('stty size');
      await session.expect('41 132\r\n', 500);
    });
    session.write('\x1d');
    await expectLeft(session, 0);
  });

  test('every byte passes as it is, both ways', async () => {
    const script = 'stty raw -echo; printf "ready\\n"; head -c 4 | od -An -tx1; sleep 100';
    const initArguments = ['-c', script];
    await using container = await TestDomain.make({ name: 'command-raw', initArguments });
    await container.start();
    await using session = onTerminal(container, 'console', container.name);
    // Neither terminal may put a carriage return before the line feed.
    await session.expect('Ctrl + ])\r\nready\n');
    // ^C, ^S, carriage return, ^Z: none of them may act on this side.
    session.write('\x03\x13\r\x1a');
    await session.expect(' 03 13 0d 1a\n');
    session.write('\x1d');
    await expectLeft(session, 0);
  });

  test('dropped output is counted on stderr', async () => {
    const initArguments = ['-c', 'head -c 300000 /dev/zero | tr "\\0" x; echo; echo end; exec cat'];
    await using container = await TestDomain.make({ name: 'command-drop', initArguments });
    await container.start();
    await eventually(async () => {
      const stream = await container.domain.openConsole();
      stream.destroy();
      expect(stream.dropped).toBe(300_000n + 7n - 262_144n);
    });
    await using session = onTerminal(container, 'console', container.name);
    await session.expect('(37863 bytes of earlier output dropped)\r\n');
    await session.expect('x\r\nend\r\n');
    session.write('\x1d');
    await expectLeft(session, 0);
  });

  test('without a terminal, and without a container, it says so', async () => {
    await using container = await TestDomain.make({ name: 'command-refused' });
    const console = ['console', container.name];
    expect(await container.try(console)).toMatchObject({
      code: 1,
      stdout: '\n',
      stderr: 'error: The domain is not running\n',
    });
    await container.start();
    expect(await container.try(console)).toMatchObject({
      code: 1,
      stdout: '\n',
      stderr: 'error: Cannot run interactive console without a controlling TTY\n',
    });
    await using session = onTerminal(container, ...console, '--devname', 'console7');
    await session.expect(/error: [^\r\n]*console7/);
    await expectLeft(session, 1);
  });
});

test('-d and -l log to a file, and nothing of it reaches the terminal', async () => {
  await using container = await TestDomain.make({ name: 'command-log' });
  const file = join(container.root, 'log');
  const started = await container.spawn(['-d', '0', '-l', file, 'start', container.name]);
  expect(started).toMatchObject({ code: 0, stderr: '' });
  const failed = await container.spawn(['-l', file, 'start', 'nosuch']);
  expect(failed).toMatchObject({ code: 1, stderr: "error: failed to get domain 'nosuch'\n" });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.at(-1)).toMatchObject({ level: 50, msg: 'command failed' });
});

test('only lxc URIs are served', async () => {
  const refused = await runCommand(['-c', 'qemu:///system', 'list']);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^error: failed to connect to the hypervisor\nerror: [^\n]+\n$/);
  const env = { LIBVIRT_DEFAULT_URI: 'qemu:///system' };
  const passed = await spawnCommand(['uri'], { env });
  expect(passed).toMatchObject({ code: 0, stdout: 'lxc:///\n\n' });
  expect(passed.stderr).toMatch(/^LIBVIRT_DEFAULT_URI is [^\n]+\n$/);
});

test('create runs a transient domain, which is gone with its container', async () => {
  await using root = await makeTestRoot();
  const file = join(root.path, 'web.xml');
  await writeFile(file, domainXml({ name: 'command-create' }));
  const run = (...words: string[]): Promise<{ stdout: string; stderr: string; code: number }> =>
    runCommand(words, { root: root.path });
  expect((await run('create', file)).stdout).toBe(
    `Domain 'command-create' created from ${file}\n\n`,
  );
  expect((await run('-q', 'list', '--name', '--transient')).stdout).toBe('command-create\n');
  expect((await run('-q', 'list', '--name', '--persistent')).stdout).toBe('');
  expect((await run('destroy', 'command-create')).code).toBe(0);
  expect((await run('-q', 'list', '--all')).stdout).toBe('');
});

describe('what can not be written', () => {
  /** Runs the command with its standard output on a device that is full, or in a pipe whose reader has gone. */
  function writingTo(target: 'full' | 'gone', container: TestDomain, ...words: readonly string[]) {
    const script = {
      full: 'exec "$@" >/dev/full',
      gone: '{ "$@"; echo "status=$?" >&2; } | :',
    }[target];
    return runProgram(['sh', '-c', script, 'sh', ...commandLine(...words)], {
      root: container.root,
    });
  }

  test('is an error, of the command itself and of a command in the container', async () => {
    await using container = await TestDomain.make({ name: 'command-full' });
    await container.start();
    const { name } = container;
    for (const words of [['dumpxml', name], ['list', '--all'], ['help']]) {
      const { code, stderr } = await writingTo('full', container, ...words);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^error: failed to write all of the output\nerror: .*ENOSPC/),
      ]);
    }
    const { code, stderr } = await writingTo('full', container, 'exec', name, '--', 'echo', 'lost');
    expect([code, stderr]).toEqual([
      125,
      expect.stringMatching(/^error: failed to write all of the command's output\nerror: .*ENOSPC/),
    ]);
  });

  test('ends what would go on', async () => {
    await using container = await TestDomain.make({ name: 'command-follow' });
    await container.start();
    const { name } = container;
    const following = [
      ['logs', '--follow', name],
      ['event', '--all', '--loop'],
      ['net-event', '--event', 'lifecycle', '--loop'],
      ['top', '--count', '100'],
    ];
    for (const words of following) {
      const { stderr } = await writingTo('gone', container, ...words);
      expect([words[0], stderr]).toEqual([words[0], expect.stringMatching(/^status=[01]\n$/)]);
    }
    const full = await writingTo('full', container, 'top', '--count', '100');
    expect([full.code, full.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: failed to write all of the output\nerror: .*ENOSPC/),
    ]);
  });

  test('is none when the reader has gone', async () => {
    await using container = await TestDomain.make({ name: 'command-gone' });
    const { stderr } = await writingTo('gone', container, 'help');
    expect(stderr).toBe('status=0\n');
  });
});

test.each([
  ['a program that is not there', ['/nowhere'], 127],
  ['a name that PATH does not have', ['nothing-of-it'], 127],
  ['a file that is not executable', ['/etc/passwd'], 126],
  ['a folder', ['/etc'], 126],
  ['a working directory that is not there', ['--cwd', '/nowhere'], 125],
])('exec of %s has the status of env(1)', async (_what, words, status) => {
  await using container = await TestDomain.make({ name: 'command-status' });
  await container.start();
  const [first = ''] = words;
  const rest =
    first === '--cwd' ? [...words, container.name, '--', 'true'] : [container.name, '--', ...words];
  expect((await container.try(['exec', ...rest])).code).toBe(status);
});

test('exec in a domain that is off, or without a command, has status 125', async () => {
  await using container = await TestDomain.make({ name: 'command-off' });
  expect((await container.try(['exec', container.name, '--', 'true'])).code).toBe(125);
  expect((await container.try(['exec', container.name])).code).toBe(125);
  expect((await container.try(['shell', 'nothing-of-that-name'])).code).toBe(125);
});
