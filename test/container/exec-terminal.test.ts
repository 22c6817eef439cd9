/** Commands on a terminal, by the library and by the command; and the command's other manners. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecOptions, TerminalProcess } from 'tslxc';
import { eventually } from '../support/time/eventually';
import { helpers, pidOf, pidsOf } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { PtySession } from '../support/console/pty-session';
import { commandEnvironment, commandLine, runProgram } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';

const test_ = containerTest(
  async (keep) => {
    const test_ = keep(await TestDomain.make({ name: 'exec-tty' }));
    await test_.start();
    return test_;
  },
  { per: 'file' },
);

/** All that was written, and a wait for more. */
function reader({ terminal }: TerminalProcess): (pattern: RegExp) => Promise<void> {
  let text = '';
  terminal.on('data', (chunk: Buffer) => (text += String(chunk)));
  return (pattern) =>
    eventually(() => {
      expect(text).toMatch(pattern);
      text = text.slice(text.search(pattern));
      text = text.replace(pattern, '');
    });
}

test('it is the controlling terminal, of the container’s own devpts, with the size that was asked for', async () => {
  const process = await test_.domain.exec(
    ['sh', '-c', 'tty; stty size; echo to-tty > /dev/tty; read a; echo "<$a>"; exit 3'],
    { tty: { rows: 31, columns: 97 } },
  ).started;
  const seen = reader(process);
  await seen(/\/dev\/pts\/\d+\r\n31 97\r\nto-tty\r\n/);
  process.terminal.write('typed\r');
  await seen(/<typed>\r\n/);
  expect(await process.result).toEqual({ code: 3 });
  await eventually(() => expect(helpers()).toEqual([]));
});

test('job control works: an interrupt ends the job, and not the shell', async () => {
  // Without readline: what is typed waits in the terminal until the shell reads it, whenever that is.
  const process = await test_.domain.exec(['bash', '--norc', '--noediting', '-i'], {
    tty: { rows: 24, columns: 80 },
    env: { PS1: 'ready> ' },
  }).started;
  try {
    const seen = reader(process);
    await seen(/ready> /);
    process.terminal.write('sleep 6001\r');
    await pidOf('sleep', '6001');
    process.terminal.write('\x03');
    await seen(/ready> /);
    process.terminal.write('echo status=$?\r');
    await seen(/status=130\r\n/);
    process.terminal.write('exit\r');
    expect(await process.result).toEqual({ code: 0 });
  } finally {
    process.destroy();
  }
});

test('programs learn of a new size', async () => {
  const script = 'trap "stty size" WINCH; echo trapped; until [ -e /nowhere ]; do sleep 0.02; done';
  const process = await test_.domain.exec(['sh', '-c', script], {
    tty: { rows: 24, columns: 80 },
  }).started;
  const seen = reader(process);
  await seen(/trapped\r\n/);
  process.resize({ rows: 50, columns: 111 });
  await seen(/50 111\r\n/);
  process.destroy();
  expect(await process.result).toEqual({ code: 137, signal: 'SIGKILL' });
});

test('its last bytes arrive, however many', async () => {
  const process = await test_.domain.exec(['sh', '-c', 'seq 1 50000'], {
    tty: { rows: 24, columns: 80 },
  }).started;
  let text = '';
  for await (const chunk of process.terminal) text += String(chunk);
  expect(text.split('\r\n')).toHaveLength(50_001);
  expect(text.endsWith('\r\n50000\r\n')).toBe(true);
  expect(await process.result).toEqual({ code: 0 });
});

test.each<[string, ExecOptions['stdin'], string]>([
  ['nothing', undefined, '<>'],
  ['an input that is ignored', 'ignore', '<>'],
  ['a line', Buffer.from('a line\n'), 'a line\r\n<a line>'],
  ['a line without an end', Buffer.from('no end'), 'no end<no end>'],
])('%s is typed for a command that is awaited, and ends', async (_, stdin, shown) => {
  const options = { tty: { rows: 24, columns: 80 }, stdin, timeout: 10_000 };
  const ran = await test_.domain.exec(['sh', '-c', 'a=$(cat); echo "<$a>"'], options);
  expect(ran).toEqual({ code: 0, stdout: `${shown}\r\n`, stderr: '' });
});

test('to let go of it hangs it up', async () => {
  const process = await test_.domain.exec(['sleep', '6002'], { tty: { rows: 24, columns: 80 } })
    .started;
  process.terminal.destroy();
  expect(await process.result).toEqual({ code: 129, signal: 'SIGHUP' });
});

test('tslxc exec copies its streams and ends with the status of the command', async () => {
  const ran = await test_.spawn(
    ['exec', test_.name, '--', 'sh', '-c', 'cat; echo err --tty -t >&2; exit 42'],
    { input: 'from stdin\n' },
  );
  expect(ran).toMatchObject({ code: 42, stdout: 'from stdin\n', stderr: 'err --tty -t\n' });
  const killed = await test_.try(['exec', test_.name, 'sh', '-c', 'kill -9 $$']);
  expect(killed).toMatchObject({ code: 137, stdout: '' });
  const missing = await test_.try(['exec', test_.name, '--', '/none']);
  expect(missing).toMatchObject({ code: 127, stdout: '' });
  expect(missing.stderr).toMatch(
    /^error: Failed to run '\/none' in domain 'exec-tty'\nerror: cannot find the program '\/none'/,
  );
});

describe('a reader that takes its time gets all that the command has written', () => {
  const lines = 80_000;
  const written = Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join('');
  const words = (): string[] => commandLine('exec', test_.name, '--', 'seq', '1', `${lines}`);

  test('from a pipe', async () => {
    const part = join(test_.root, 'part');
    const script =
      '{ "$@"; echo "status=$?" >&2; } | ' +
      `while head -c 65536 > ${part} && [ -s ${part} ]; do cat ${part}; sleep 0.3; done`;
    const ran = await runProgram(['sh', '-c', script, 'sh', ...words()], { root: test_.root });
    expect(ran.stderr).toBe('status=0\n');
    expect(ran.stdout.length).toBe(written.length);
    expect(ran.stdout === written).toBe(true);
  });

  test('from a socket', async () => {
    const [program = '', ...rest] = words();
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: commandEnvironment(test_.root),
    });
    const ended = once(child, 'exit');
    let read = '';
    for await (const chunk of child.stdout) {
      read += String(chunk);
      await sleep(300);
    }
    expect(await ended).toEqual([0, null]);
    expect(read.length).toBe(written.length);
    expect(read === written).toBe(true);
  });
});

test('tslxc exec takes user and directory, and lxc-enter-namespace virsh’s options', async () => {
  const words = ['exec', '--user', 'nobody', '--cwd', '/usr', test_.name, '--'];
  const ran = await test_.try([...words, 'sh', '-c', 'id -un; pwd']);
  expect(ran).toMatchObject({ code: 0, stdout: 'nobody\n/usr\n' });
  const virsh = await test_.try([
    ...['lxc-enter-namespace', test_.name, '--noseclabel', '--'],
    ...['/bin/sh', '-c', 'echo $LIBVIRT_LXC_NAME; exit 5'],
  ]);
  expect(virsh).toMatchObject({ code: 5, stdout: 'exec-tty\n', stderr: '' });
});

test('tslxc exec -t puts the terminal back, and hands its size on', async () => {
  const argv = commandLine('exec', '-t', test_.name, '--', 'sh', '-c', 'stty size; read a; exit 7');
  await using session = PtySession.start(
    ['sh', '-c', 'stty -a; "$@"; echo "code=$?"; stty -a', 'sh', ...argv],
    { rows: 33, columns: 99, env: commandEnvironment(test_.root) as Record<string, string> },
  );
  const [settings = ''] = await session.expect(/speed[^]*?extproc\r\n/);
  await session.expect(/33 99\r\n/);
  session.write('x\r');
  await session.expect(/code=7\r\n/);
  const [later] = await session.expect(/speed[^]*?extproc\r\n/);
  expect(later).toBe(settings);
});

test('tslxc shell is a login shell; a hang-up of its terminal ends all that it runs', async () => {
  await eventually(() => expect(helpers()).toEqual([]));
  const session = PtySession.start(commandLine('shell', test_.name), {
    env: commandEnvironment(test_.root) as Record<string, string>,
  });
  await session.expect(/[#$] $/);
  // One of them doesn't hear of a hang-up.
  session.enter('shopt -q login_shell && echo lo"gin"; nohup sleep 6004 & sleep 6003');
  await session.expect(/login\r\n/);
  await pidOf('sleep', '6003');
  await pidOf('sleep', '6004');
  await session.close();
  await eventually(() =>
    expect([...pidsOf('sleep', '6003'), ...pidsOf('sleep', '6004')]).toEqual([]),
  );
  await eventually(() => expect(helpers()).toEqual([]));
});

test('the death of tslxc shell itself ends all that it runs', async () => {
  await using session = PtySession.start(commandLine('shell', test_.name), {
    env: commandEnvironment(test_.root) as Record<string, string>,
  });
  await session.expect(/[#$] $/);
  session.enter('nohup sleep 6005 & sleep 6006');
  await pidOf('sleep', '6005');
  await pidOf('sleep', '6006');
  process.kill(await session.pid(), 'SIGKILL');
  await eventually(() =>
    expect([...pidsOf('sleep', '6005'), ...pidsOf('sleep', '6006')]).toEqual([]),
  );
  await eventually(() => expect(helpers()).toEqual([]));
});

test.each([
  { what: 'no devpts', mount: 'mount -t tmpfs t /dev/pts', errno: constants.errno.ENODEV },
  { what: 'nothing', mount: 'mount -t tmpfs t /dev', errno: constants.errno.ENOENT },
  {
    what: 'something on its ptmx',
    mount: 'mount --bind /dev/null /dev/pts/ptmx',
    errno: constants.errno.EXDEV,
  },
])('a terminal is refused where $what is at /dev/pts', async ({ mount, errno }) => {
  const init = `[ $$ = 1 ] && ${mount} && echo mounted && exec sleep 1000`;
  await using container = await TestDomain.make({
    name: 'exec-devpts',
    initArguments: ['-c', init],
  });
  await container.start();
  await container.domain.waitFor({ console: /mounted/, timeout: 20_000 });
  const tty = { rows: 24, columns: 80 };
  await expect(container.domain.exec(['true'], { tty })).rejects.toMatchObject({
    errno,
    syscall: 'openat2',
  });
});
