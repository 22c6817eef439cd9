/**
 * Who dies, and what lives on: the container without its caller, never without its monitor. How init ended
 * is known exactly although no caller was there, and what the definition asks for then is done.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError, connect } from 'tslxc';
import { askConsole, expectShell } from '../support/console/console-answer';
import {
  expectGone,
  cgroupsOf,
  initOf,
  initsOf,
  lookUntilGone,
  monitorsOf,
} from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, nothing } from '../support/world/container-test';
import { untilLockHeld } from '../support/process/lock-waiters';
import { hasEnded, untilIn } from '../support/process/processes';
import { PtySession } from '../support/console/pty-session';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import { goOn, untilAtFailpoint } from '../support/process/send-signal';
import { TestDomain } from '../support/domain/test-domain';
import { makeTestRoot } from '../support/root/test-root';
import { startAndStay } from '../support/process/unfinished-caller';

containerTest(nothing);

/** Milliseconds up to which the callers live on after their start has returned. */
const longestLife = 60;

test('SIGKILL of the caller after start has returned leaves the container to any other process', async () => {
  await using container = await TestDomain.make({ name: 'survival-caller' });
  for (let round = 0; round < 8; round += 1) {
    const kill = await startAndStay(container.root, container.name);
    await sleep(Math.random() * longestLife);
    await kill();
    const [init = 0] = initsOf(container.name);
    const { stdout } = await container.try(['list', '--name']);
    expect(stdout.trim()).toBe(container.name);
    await expectShell(container.domain);
    expect(hasEnded(init)).toBe(false);
    await container.run('destroy');
    await expectGone(container.name);
  }
  expect(await container.reason()).toBe('shut off (destroyed)');
});

test('who comes between init’s commit and its execve, when the caller is dead, finds the domain running', async () => {
  await using container = await TestDomain.make({ name: 'survival-commit' });
  const [program = '', ...words] = commandLine('start', container.name);
  // Init stands there.
  const env = { TSLXC_FAILPOINT: 'init:after-executing=killController' };
  const caller = spawn(program, words, {
    stdio: 'ignore',
    env: { ...commandEnvironment(container.root), ...env },
  });
  const ended = once(caller, 'exit');
  const init = await initOf(container.name);
  await untilAtFailpoint(init);
  caller.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  const refusal = expect(container.domain.start()).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: 'Requested operation is not valid: Domain is already running',
  });
  // It waits for what becomes of the one that is on its way.
  await untilLockHeld(container.root);
  goOn(init);
  await refusal;
  expect(await initOf(container.name)).toBe(init);
  expect(monitorsOf(container.name)).toEqual([container.domain.id]);
  await expectShell(container.domain);
  await container.run('destroy');
  await expectGone(container.name);
});

test('an init that no longer listens is ended by its monitor when the caller is killed during the start', async () => {
  await using container = await TestDomain.make({ name: 'survival-deaf' });
  const [program = '', ...words] = commandLine('start', container.name);
  const env = { TSLXC_FAILPOINT: 'init:after-proceed=stopSelf' };
  const caller = spawn(program, words, {
    stdio: 'ignore',
    env: { ...commandEnvironment(container.root), ...env },
  });
  const ended = once(caller, 'exit');
  const init = await initOf(container.name);
  await untilIn(init, 'pause');
  caller.kill('SIGKILL');
  await ended;
  try {
    await eventually(() => expect(monitorsOf(container.name)).toEqual([]));
    // Its monitor has waited for its end; nothing else has looked at the container.
    expect(hasEnded(init)).toBe(true);
  } finally {
    if (!hasEnded(init)) process.kill(init, 'SIGKILL');
  }
  await lookUntilGone(container.name, async () =>
    expect(await container.reason()).toBe('shut off (failed)'),
  );
});

test('the command’s console reaches a container whose caller was killed', async () => {
  await using container = await TestDomain.make({ name: 'survival-console' });
  const kill = await startAndStay(container.root, container.name);
  await kill();
  const env = { TSLXC_ROOT: container.root };
  await using terminal = PtySession.start(commandLine('console', container.name), { env });
  await terminal.expect("Connected to domain 'survival-console'");
  terminal.enter('echo answer=$((6 * 7))');
  await terminal.expect('answer=42');
  terminal.enter('exit 5');
  expect(await terminal.exit()).toEqual({ code: 0 });
  expect(await container.reason()).toBe('shut off (shutdown: exit code 5)');
  await expectGone(container.name);
});

test('SIGKILL of the monitor ends init, the next look cleans up, and the name starts again', async () => {
  await using container = await TestDomain.make({ name: 'survival-monitor' });
  await container.run('start');
  const init = await initOf(container.name);
  for (const monitor of monitorsOf(container.name)) process.kill(monitor, 'SIGKILL');
  await eventually(() => expect(hasEnded(init)).toBe(true));
  expect(await container.reason()).toBe('shut off (crashed: its monitor was lost)');
  await expectGone(container.name);
  await container.run('start');
  await expectShell(container.domain);
  await container.run('destroy');
});

test('a container whose monitor was killed can be destroyed', async () => {
  await using container = await TestDomain.make({ name: 'survival-destroy' });
  await container.run('start');
  for (const monitor of monitorsOf(container.name)) process.kill(monitor, 'SIGKILL');
  await container.domain.destroy();
  await expectGone(container.name);
  expect(await container.reason()).toBe('shut off (destroyed)');
});

describe('how init ended while no caller lived', () => {
  const crash = 'import ctypes; ctypes.string_at(0)';
  test.each([
    ['exit code 0', 'exit 0', 'shut off (shutdown)'],
    ['exit code 3', 'exit 3', 'shut off (shutdown: exit code 3)'],
    ['exit code 255', 'exit 255', 'shut off (shutdown: exit code 255)'],
    ['SIGSEGV', `exec python3 -c '${crash}'`, 'shut off (crashed: signal SIGSEGV)'],
    ['a handler’s exit', 'trap "exit 9" TERM; kill -TERM $$', 'shut off (shutdown: exit code 9)'],
  ])('%s', async (_, script, reason) => {
    const initArguments = ['-c', `read line; ${script}`];
    await using container = await TestDomain.make({ name: 'survival-end', initArguments });
    await container.run('start');
    expect(monitorsOf(container.name)).toHaveLength(1);
    await askConsole(container.domain, 'go', /go/);
    await container.untilGone();
    expect(await container.reason()).toBe(reason);
    expect(await container.domain.wait()).toMatchObject(
      reason.includes('SIGSEGV') ? { how: 'killed', signal: 11 } : { how: 'exited' },
    );
  });

  test('SIGKILL from the host', async () => {
    await using container = await TestDomain.make({ name: 'survival-kill' });
    await container.run('start');
    process.kill(await initOf(container.name), 'SIGKILL');
    await container.untilGone();
    expect(await container.reason()).toBe('shut off (crashed: signal SIGKILL)');
  });

  test('destroy', async () => {
    await using container = await TestDomain.make({ name: 'survival-off' });
    await container.run('start');
    await container.run('destroy');
    expect(await container.reason()).toBe('shut off (destroyed)');
    const end = await container.domain.wait();
    expect(end).toMatchObject({ how: 'killed', signal: 9, requested: 'destroy' });
  });
});

test('a second root cannot start a container of the same name, and does the first no harm', async () => {
  await using container = await TestDomain.make({ name: 'survival-twin' });
  await using other = await TestDomain.make({ name: container.name });
  await container.run('start');
  const cgroups = cgroupsOf(container.name);
  const error: unknown = await other.domain.start().catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'RESOURCE_BUSY', errno: 17, syscall: 'mkdir' });
  expect(TslxcError.is(error) ? error.message : '').toContain(`'${container.root}'`);
  const { code, stderr } = await other.try(['start', other.name]);
  expect(code).toBe(1);
  expect(stderr).toContain(`is taken by the tslxc root '${container.root}'`);
  expect((await other.try(['destroy', other.name])).code).toBe(1);
  expect(await other.reason()).toMatch(/^shut off/);
  expect(cgroupsOf(container.name)).toEqual(cgroups);
  await expectShell(container.domain);
  await container.run('destroy');
  await other.run('start');
  await expectShell(other.domain);
});

describe('what the definition asks for at the end is done by the monitor’s last act', () => {
  /** Ends twice by `ending`, and stays the third time. */
  const thrice = (ending: string, lives: string): readonly string[] => [
    '-c',
    `echo once >>${lives}; [ $(wc -l <${lives}) -lt 3 ] && { ${ending}; }; exec sleep 100`,
  ];
  // Guarded: outside of a container this would end the host.
  const reboot = '[ $$ = 1 ] && exec busybox reboot -f';

  test.each([
    ['on_poweroff', 'exit 1'],
    ['on_reboot', reboot],
    ['on_crash', "exec python3 -c 'import ctypes; ctypes.string_at(0)'"],
  ])('%s restart', async (element, ending) => {
    await using root = await makeTestRoot();
    const source = join(root.path, 'counted');
    await mkdir(source);
    // Made on the host's root, which other tests may share at this moment.
    const target = `/${basename(root.path)}`;
    const name = `survival-${element.replace('_', '-')}`;
    const xml = domainXml({
      name,
      initArguments: thrice(ending, join(target, 'lives')),
      filesystems: [{ source, target }],
      elements: `<${element}>restart</${element}>`,
    });
    const connection = await connect(undefined, { root: root.path });
    const domain = await connection.defineDomain(xml);
    await domain.start({ ownership: 'leave' });
    const lives = join(source, 'lives');
    await eventually(async () => {
      expect(await readFile(lives, 'utf8')).toBe('once\nonce\nonce\n');
    }, 10_000);
    await eventually(() => expect(domain.id).toBeDefined());
    expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
    await domain.destroy();
    await expectGone(name);
    expect(existsSync(target)).toBe(false);
    expect(await domain.state()).toMatchObject({ reason: 'destroyed' });
    await connection.close();
  });
});
