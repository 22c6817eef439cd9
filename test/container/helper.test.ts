/**
 * `tslxc start` as the helper of another program: of a parent in Python by descriptors 27 and 30, of a
 * service manager in the foreground, and what it leaves running.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { askConsole, expectShell } from '../support/console/console-answer';
import {
  expectGone,
  initOf,
  initsOf,
  lookUntilGone,
  monitorsOf,
} from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { containerTest, nothing } from '../support/world/container-test';
import { NotifyParent } from '../support/process/notify-parent';
import { readProcess, untilIn } from '../support/process/processes';
import { commandEnvironment, commandLine, runProgram } from '../support/process/run-command';
import { goOn, untilAtFailpoint } from '../support/process/send-signal';
import { startFromParent } from '../support/process/start-parent';
import { TestDomain } from '../support/domain/test-domain';

containerTest(nothing);

const untilTermination = 'trap "exit 7" TERM; echo trapped; while :; do sleep 0.05; done';

describe('a parent with descriptors 27 and 30', () => {
  test.each(['socketpair', 'pty'] as const)(
    'the message says what runs, and a %s carries the console both ways',
    async (console) => {
      await using container = await TestDomain.make({ name: `helper-${console}` });
      const typed = { type: 'echo answer=$((6 * 7))\n', until: 'answer=42' };
      const result = await startFromParent(container, { console, ...typed });
      const [monitor] = monitorsOf(container.name);
      const { domain } = container;
      expect(JSON.parse(result.message)).toEqual({
        running: {
          name: domain.name,
          uuid: domain.uuid,
          id: monitor,
          console: domain.consolePath(),
        },
      });
      expect(result.message).toMatch(/^[^\n]+\n$/);
      expect(result).toMatchObject({ status: 0, init: 'sh' });
      expect(result.console).toContain('answer=42');
    },
  );

  test('the message does not come before init’s execve has succeeded', async () => {
    await using container = await TestDomain.make({ name: 'helper-late' });
    // At this point of init the action means a wait, after its last word and before execve.
    const env = { TSLXC_FAILPOINT: 'init:after-executing=killMonitor' };
    const ending = startFromParent(container, { console: 'socketpair' }, env);
    const init = await initOf(container.name);
    await untilAtFailpoint(init);
    await sleep(1000);
    goOn(init);
    const result = await ending;
    expect(result).toMatchObject({ status: 0, init: 'sh' });
    expect(result.milliseconds).toBeGreaterThan(1000);
  });

  test('an init that is missing comes as an error with its data', async () => {
    await using container = await TestDomain.make({ name: 'helper-missing', init: '/bin/missing' });
    const result = await startFromParent(container, { console: 'socketpair' });
    expect(result.status).toBe(1);
    expect(JSON.parse(result.message)).toEqual({
      failed: {
        code: 'SYSTEM_ERROR',
        message: expect.stringContaining(
          "cannot find init path '/bin/missing' relative to container root",
        ) as string,
        errno: constants.errno.ENOENT,
        syscall: 'execve',
        path: '/bin/missing',
        step: 'execute init',
      },
    });
    await expectGone(container.name);
  });

  test('the end without a message means that the start has failed', async () => {
    await using container = await TestDomain.make({ name: 'helper-killed' });
    const env = { TSLXC_FAILPOINT: 'init:before-ready=stopSelf' };
    const order = { console: 'socketpair', kill_when: join(container.root, 'kill') } as const;
    const ending = startFromParent(container, order, env);
    await untilIn(await initOf(container.name), 'sys_pause');
    await writeFile(order.kill_when, '');
    expect(await ending).toMatchObject({ message: '', status: -9 });
    await eventually(() => expect(monitorsOf(container.name)).toEqual([]));
    await lookUntilGone(container.name, async () =>
      expect(await container.reason()).toBe('shut off (failed)'),
    );
  });
});

describe('start --foreground', () => {
  test('it says READY=1, and SIGTERM asks init to end', async () => {
    const initArguments = ['-c', untilTermination];
    await using container = await TestDomain.make({ name: 'helper-service', initArguments });
    await using parent = new NotifyParent(
      ['start', container.name, '--foreground'],
      container.root,
    );
    await parent.expectLast('notified READY=1');
    expect(monitorsOf(container.name)).toHaveLength(1);
    await askConsole(container.domain, '', /trapped/);
    parent.send('SIGTERM');
    await parent.expectLast(/^exit/);
    // The stop was asked for; how init took it is on record.
    expect(parent.lines).toEqual(['notified READY=1', 'exit 0']);
    expect(await container.reason()).toBe('shut off (shutdown: exit code 7)');
    await expectGone(container.name);
  });

  test('it ends with the exit code of an init that ends by itself', async () => {
    const initArguments = ['-c', 'sleep 0.5; exit 7'];
    await using container = await TestDomain.make({ name: 'helper-code', initArguments });
    const words = ['start', container.name, '--foreground'];
    await using parent = new NotifyParent(words, container.root);
    await parent.expectLast('exit 7');
  });

  test('SIGTERM powers a busybox init off, whose own SIGTERM is a reboot', async () => {
    const busybox = await makeBusyboxRoot(['init', 'poweroff', 'reboot', 'sleep']);
    mkdirSync(join(busybox.path, 'etc'), { recursive: true });
    await writeFile(
      join(busybox.path, 'etc/inittab'),
      '::sysinit:/bin/echo willing\n::once:/bin/busybox sleep 1000\n',
    );
    await using container = await TestDomain.make({
      name: 'helper-busybox',
      init: '/bin/init',
      filesystems: [{ source: busybox.path, target: '/' }],
    });
    const words = ['start', container.name, '--foreground'];
    await using parent = new NotifyParent(words, container.root);
    await parent.expectLast('notified READY=1');
    // One that has no handlers yet after a second is killed.
    await askConsole(container.domain, '', /willing/);
    parent.send('SIGTERM');
    await parent.expectLast('exit 0');
    expect(await container.reason()).toBe('shut off (shutdown: signal SIGINT)');
    await expectGone(container.name);
    await busybox.remove();
  });

  test('an init that can’t be asked is killed at once, and one that doesn’t end by a second SIGTERM', async () => {
    const deaf = '[ $$ = 1 ] || exit; trap : TERM; echo trapped; while :; do sleep 0.05; done';
    await using plain = await TestDomain.make({ name: 'helper-plain' });
    await using stubborn = await TestDomain.make({
      name: 'helper-stubborn',
      initArguments: ['-c', deaf],
    });
    await using first = new NotifyParent(['start', plain.name, '--foreground'], plain.root);
    await first.expectLast('notified READY=1');
    first.send('SIGTERM');
    await first.expectLast('exit 0');
    expect(await plain.reason()).toBe('shut off (destroyed)');
    await using second = new NotifyParent(['start', stubborn.name, '--foreground'], stubborn.root);
    await second.expectLast('notified READY=1');
    await askConsole(stubborn.domain, '', /trapped/);
    second.send('SIGTERM');
    await sleep(1500);
    expect(second.lines).toEqual(['notified READY=1']);
    second.send('SIGTERM');
    await second.expectLast('exit 0');
    expect(await stubborn.reason()).toBe('shut off (destroyed)');
    for (const { name } of [plain, stubborn]) await expectGone(name);
  });

  test('when it is killed, its container ends', async () => {
    await using container = await TestDomain.make({ name: 'helper-killing' });
    const words = ['start', container.name, '--foreground'];
    await using parent = new NotifyParent(words, container.root);
    await parent.expectLast('notified READY=1');
    parent.send('SIGKILL');
    await parent.expectLast(/^exit/);
    await eventually(() => expect(monitorsOf(container.name)).toEqual([]));
    expect(await container.reason()).toBe('shut off (destroyed)');
    await expectGone(container.name);
  });

  test('it ends with 128 and the signal that killed init', async () => {
    await using container = await TestDomain.make({ name: 'helper-signal' });
    await using parent = new NotifyParent(
      ['start', container.name, '--foreground'],
      container.root,
    );
    await parent.expectLast('notified READY=1');
    process.kill(await initOf(container.name), 'SIGKILL');
    await parent.expectLast('exit 137');
  });

  test('a start that fails is never ready, and ends with 1', async () => {
    await using container = await TestDomain.make({ name: 'helper-unready', init: '/bin/missing' });
    const words = ['start', container.name, '--foreground'];
    await using parent = new NotifyParent(words, container.root);
    await parent.expectLast(/^exit/);
    expect(parent.lines).toEqual(['exit 1']);
  });
});

test('init gets the passed descriptors from 3 on, and LISTEN_FDS', async () => {
  const initArguments = ['-c', 'read line <&3; echo "$line/$LISTEN_FDS"; exec sleep 100'];
  await using container = await TestDomain.make({ name: 'helper-pass', initArguments });
  const file = join(container.root, 'content');
  await writeFile(file, 'content of a file\n');
  const descriptor = openSync(file, 'r');
  const [program = '', ...words] = commandLine('start', container.name, '--pass-fds', '5');
  const stdio = ['ignore', 'ignore', 'inherit', 'ignore', 'ignore', descriptor] as const;
  const child = spawn(program, words, {
    stdio: [...stdio],
    env: commandEnvironment(container.root),
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  closeSync(descriptor);
  await askConsole(container.domain, '', /content of a file\/1\r\n/);
});

test('what runs is a monitor under the system’s init, in a session and cgroup of its own', async () => {
  await using container = await TestDomain.make({ name: 'helper-tree' });
  await container.run('start');
  const [monitor = 0] = monitorsOf(container.name);
  const inits = initsOf(container.name);
  expect(inits).toHaveLength(1);
  expect(readProcess(monitor)).toMatchObject({
    words: ['tslxc-monitor', '--name', container.name],
  });
  expect(readProcess(inits[0] ?? 0)).toMatchObject({ words: ['/bin/sh'], depth: 2 });
  // Who has started it may still be on its way out.
  await eventually(() => expect(isReaper(readProcess(monitor).parent)).toBe(true));
  expect(sessionOf(monitor)).toBe(monitor);
  expect(cgroupPaths(monitor)).toEqual(new Set(['/libvirt/tslxc-monitor']));
  expect(cgroupPaths(process.pid)).not.toContain('/libvirt/tslxc-monitor');
  const { stdout } = await runProgram(['pgrep', '-x', 'tslxc-monitor']);
  expect(stdout.split('\n')).toContain(String(monitor));
  await expectShell(container.domain);
});

/** The system's init, or one of our own ancestors that has made itself a subreaper. */
function isReaper(pid: number): boolean {
  if (pid === 1) return true;
  for (let at = readProcess(process.pid).parent; at > 1; at = readProcess(at).parent) {
    if (at === pid) return true;
  }
  return false;
}

function sessionOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

/** The paths of its cgroups in all hierarchies. */
function cgroupPaths(pid: number): Set<string> {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  return new Set(lines.map((line) => line.split(':')[2] ?? ''));
}
