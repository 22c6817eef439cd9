/** Reboots: init starts again under the same monitor, and all that is attached to it stays. */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { askConsole, expectShell } from '../support/console/console-answer';
import { expectGone, initsOf, monitorsOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import type { DomainXmlOptions } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { untilFollowing } from '../support/process/event-follower';
import { commandEnvironment, commandLine, runSuccessfully } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

let root: TestRoot;
let connection: Connection;

beforeAll(startOnce);

beforeEach(async () => {
  root = await makeTestRoot();
  connection = await connect(undefined, { root: root.path });
});

afterEach(async () => {
  await connection.close();
  await root.remove();
});

const define = (options: DomainXmlOptions): Promise<Domain> =>
  connection.defineDomain(domainXml(options));

/** An init that says when it can be asked to end, and ends then. Guarded, as everything that would end the host. */
const willing =
  "[ $$ = 1 ] || exit; trap 'exit 0' TERM; echo willing; while :; do sleep 0.05; done";
const patience = 10_000;

/** Until its init has said so in this life, the first one unless told. One that is not so far may be refused after a second. */
async function untilWilling(domain: Domain, life = 1): Promise<void> {
  const said = new RegExp(`(?:willing[^]*?){${life}}`);
  await domain.waitFor({ console: said, timeout: 2 * patience });
}

test('id, descriptors, consoles and who attaches to them stay over reboots', async () => {
  const before = snapshotHost();
  const file = join(root.path, 'lines');
  writeFileSync(file, 'one\ntwo\nthree\n');
  const domain = await define({
    name: 'reboot-same',
    initArguments: [
      '-c',
      `read line <&3; echo "life $line of $(cat /proc/self/stat | cut -d' ' -f7)"; ${willing}`,
    ],
  });
  const descriptor = openSync(file, 'r');
  await domain.start({ passDescriptors: [descriptor] });
  closeSync(descriptor);
  const { id } = domain;
  const path = domain.consolePath();
  let seen = '';
  const stream = await domain.openConsole();
  stream.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  stream.resize({ rows: 33, columns: 77 });
  for (const [index, line] of ['one', 'two'].entries()) {
    await eventually(() => expect(seen).toContain(`life ${line} of`));
    await untilWilling(domain, index + 1);
    const [init] = initsOf('reboot-same');
    expect(await domain.reboot({ timeout: patience })).toEqual({
      by: 'signal',
      signal: 15,
      outcome: 'rebooted',
    });
    expect(domain.id).toBe(id);
    expect(domain.consolePath()).toBe(path);
    expect(initsOf('reboot-same')).not.toEqual([init]);
    expect(monitorsOf('reboot-same')).toEqual([id]);
  }
  await eventually(() => expect(seen).toContain('life three of'));
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  stream.destroy();
  await domain.destroy();
  await expectGone('reboot-same');
  await expectHostUnchanged(before);
});

test('a reboot from inside and one from outside are told once each, whichever process looks', async () => {
  const domain = await define({
    name: 'reboot-told',
    initArguments: [
      '-c',
      `[ $$ = 1 ] || exit; trap 'exec busybox reboot -f' HUP; echo willing; while :; do sleep 0.05; done`,
    ],
  });
  const told: string[] = [];
  const watching = (async (): Promise<void> => {
    for await (const { event, detail } of connection.events()) {
      if (event === 'warning') continue;
      told.push(`${event} ${detail}`);
      if (event === 'stopped') return;
    }
  })();
  // Without a caller: what tells of it is the monitor's own child.
  await runSuccessfully(['start', 'reboot-told'], { root: root.path });
  const { id } = domain;
  await untilWilling(domain);
  expect(
    await runSuccessfully(['reboot', 'reboot-told', '--mode', 'signal', '--timeout', '20'], {
      root: root.path,
    }),
  ).toBe("Domain 'reboot-told' is being rebooted\n\n");
  await eventually(() => expect(told).toEqual(['started booted', 'reboot rebooted']), patience);
  await untilWilling(domain, 2);
  // The handler calls reboot(2) inside.
  await domain.reboot({ mode: 'signal', timeout: 20_000 });
  await eventually(() => expect(told).toHaveLength(3), patience);
  expect(domain.id).toBe(id);
  await domain.destroy();
  await watching;
  expect(told).toEqual([
    'started booted',
    'reboot rebooted',
    'reboot rebooted',
    'stopped destroyed',
  ]);
  await expectGone('reboot-told');
});

test('tslxc event --event reboot prints reboots, and nothing else', async () => {
  const domain = await define({ name: 'reboot-event', initArguments: ['-c', willing] });
  await domain.start();
  const watcher = commandEnvironment(root.path);
  const [program = '', ...words] = commandLine(
    ...['event', '--event', 'reboot', '--domain', 'reboot-event', '--loop'],
  );
  const child = spawn(program, words, { env: watcher, stdio: ['ignore', 'pipe', 'inherit'] });
  using _child = { [Symbol.dispose]: () => child.kill('SIGKILL') };
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const line = "event 'reboot' for domain 'reboot-event'\n";
  await untilFollowing(child.pid ?? 0, root.path);
  for (const life of [1, 2]) {
    await untilWilling(domain, life);
    await domain.reboot({ timeout: patience });
    await eventually(() => expect(text).toBe(line.repeat(life)));
    await domain.suspend();
    await domain.resume();
  }
  child.kill('SIGINT');
  await eventually(() =>
    expect(text).toContain(`${line.repeat(2)}event loop interrupted\nevents received: 2\n`),
  );
  await domain.destroy();
  await expectGone('reboot-event');
});

test.each([
  ['that no caller waits for', undefined],
  ['that was not heeded in time', 200],
])('a shutdown after a reboot %s is a shutdown', async (_, timeout) => {
  const domain = await define({
    name: 'reboot-not',
    initArguments: [
      '-c',
      `[ $$ = 1 ] || exit; asked=; trap '[ $asked ] && exit 0; asked=1; echo heard' TERM; echo willing; while :; do sleep 0.05; done`,
    ],
  });
  await domain.start();
  await untilWilling(domain);
  const { id } = domain;
  const asking = domain.reboot(timeout === undefined ? {} : { timeout });
  if (timeout === undefined) await asking;
  else await expect(asking).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  // It takes two signals of one kind for one when it has not seen the first.
  await askConsole(domain, '', /heard/);
  expect(domain.id).toBe(id);
  expect(await domain.shutdown({ timeout: patience })).toMatchObject({
    outcome: 'stopped',
    exit: { how: 'exited', code: 0 },
  });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  await expectGone('reboot-not');
});

/**
 * Looks at a domain while it has no init, and resolves to how often it had booted by then. A look that the next life came
 * into says nothing of the pause: then there is another one in the next pause.
 */
async function betweenLives(
  name: string,
  boots: () => number,
  look: () => Promise<void>,
): Promise<number> {
  for (;;) {
    await eventually(() => expect(initsOf(name)).toEqual([]), 20_000);
    const ended = boots();
    const failures: unknown[] = [];
    await look().catch((error: unknown) => failures.push(error));
    if (initsOf(name).length > 0 || boots() !== ended) continue;
    if (failures.length > 0) throw failures[0];
    return ended;
  }
}

test('between two lives the domain runs, all that needs init is refused alike, and the next one begins', async () => {
  const domain = await define({
    name: 'reboot-pause',
    initArguments: ['-c', '[ $$ = 1 ] && { sleep 0.1; exec busybox reboot -f; }'],
  });
  await domain.start();
  const { id } = domain;
  const { running } = runPaths(statePaths(root.path), 'reboot-pause');
  const boots = (): number =>
    (JSON.parse(readFileSync(running, 'utf8')) as { boots?: number }).boots ?? 0;
  // From the sixth on the pauses are 3.2 s.
  await eventually(() => expect(boots()).toBeGreaterThanOrEqual(6), 20_000);
  const ended = await betweenLives('reboot-pause', boots, async () => {
    for (const ask of [
      () => domain.suspend(),
      () => domain.exec(['true']),
      () => domain.sendSignal(0),
      () => domain.addresses({ source: 'inside' }),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'OPERATION_INVALID',
        message:
          'Requested operation is not valid: init has ended: the domain is being rebooted, or goes off',
      });
    }
    const listed = await runSuccessfully(['list'], { root: root.path });
    expect(listed).toMatch(/reboot-pause +running/);
    expect((await domain.info()).state).toEqual({ state: 'running', reason: 'booted' });
    expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  });
  await eventually(() => expect(boots()).toBeGreaterThan(ended), 20_000);
  expect(domain.id).toBe(id);
  await domain.destroy();
  await expectGone('reboot-pause');
});

test('on_reboot destroy leaves it off, and the answer says so', async () => {
  const domain = await define({
    name: 'reboot-off',
    initArguments: ['-c', willing],
    elements: '<on_reboot>destroy</on_reboot>',
  });
  await domain.start();
  await untilWilling(domain);
  expect(await domain.reboot({ timeout: patience })).toMatchObject({
    outcome: 'stopped',
    exit: { how: 'exited', code: 0, requested: 'reboot' },
  });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  await expectGone('reboot-off');
});

test('an init that can not start again leaves the domain off, and says why', async () => {
  const busybox = await makeBusyboxRoot();
  const domain = await define({
    name: 'reboot-gone',
    initArguments: ['-c', `busybox rm /bin/sh; ${willing}`],
    filesystems: [{ source: busybox.path, target: '/' }],
  });
  await domain.start();
  await untilWilling(domain);
  await domain.reboot();
  await eventually(async () => {
    expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
  }, patience);
  await expectGone('reboot-gone');
  await busybox.remove();
});

test('a container that is being restarted is destroyed', async () => {
  const domain = await define({
    name: 'reboot-loop',
    initArguments: ['-c', '[ $$ = 1 ] && exec busybox reboot -f'],
  });
  await domain.start();
  await eventually(() => {
    const { running } = runPaths(statePaths(root.path), 'reboot-loop');
    const { boots } = JSON.parse(readFileSync(running, 'utf8')) as { readonly boots: number };
    expect(boots).toBeGreaterThanOrEqual(2);
  }, patience);
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await expectGone('reboot-loop');
});

describe('a shutdown', () => {
  test('of a busybox init powers it off, and a reboot starts it again', async () => {
    const busybox = await makeBusyboxRoot(['init', 'poweroff', 'reboot', 'sleep']);
    mkdirSync(join(busybox.path, 'etc'), { recursive: true });
    writeFileSync(
      join(busybox.path, 'etc/inittab'),
      '::sysinit:/bin/echo willing\n::respawn:/bin/sleep 1000\n',
    );
    const domain = await define({
      name: 'down-busybox',
      init: '/bin/init',
      filesystems: [{ source: busybox.path, target: '/' }],
    });
    await domain.start();
    const { id } = domain;
    await untilWilling(domain);
    expect(await domain.reboot({ timeout: 20_000 })).toMatchObject({
      signal: 15,
      outcome: 'rebooted',
    });
    expect(domain.id).toBe(id);
    await untilWilling(domain, 2);
    expect(await domain.shutdown({ timeout: 20_000 })).toMatchObject({
      by: 'signal',
      signal: 12,
      outcome: 'stopped',
      exit: { how: 'killed', signal: 2 },
    });
    expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
    await expectGone('down-busybox');
    await busybox.remove();
  });

  test('of a plain shell is refused, since it would not notice, and it goes on', async () => {
    const domain = await define({ name: 'down-shell' });
    await domain.start();
    await expect(domain.shutdown({ timeout: patience })).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
    });
    await expectShell(domain);
    await domain.destroy();
    await expectGone('down-shell');
  });

  test('of an init that ignores what it is asked times out with a result', async () => {
    const domain = await define({
      name: 'down-deaf',
      initArguments: ['-c', "trap 'echo no' TERM; echo willing; while :; do sleep 0.05; done"],
    });
    await domain.start();
    await untilWilling(domain);
    for (const ask of [domain.shutdown({ timeout: 300 }), domain.destroy({ graceful: 300 })]) {
      await expect(ask).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
    }
    expect(await domain.state()).toMatchObject({ state: 'running' });
    await domain.destroy();
    await expectGone('down-deaf');
  });

  test('goes by the initctl pipe where there is one', async () => {
    const busybox = await makeBusyboxRoot(['mkfifo', 'od', 'head', 'sleep', 'cat']);
    const script =
      'mkdir -p /run; mkfifo /run/initctl; head -c 9 /run/initctl | od -An -tx1; exit 5';
    const domain = await define({
      name: 'down-pipe',
      initArguments: ['-c', `busybox ${script.replace('mkdir', 'mkdir')}`],
      filesystems: [{ source: busybox.path, target: '/' }],
    });
    await domain.start();
    let seen = '';
    const stream = await domain.openConsole();
    stream.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await eventually(async () => {
      expect(await domain.shutdown({ mode: 'initctl' })).toMatchObject({ by: 'initctl' });
    }, patience);
    await eventually(async () => {
      expect(await domain.state()).toMatchObject({ state: 'shutoff', exit: { code: 5 } });
    }, patience);
    // The magic number, the command 1, and level 0.
    await eventually(() => expect(seen).toContain('69 19 09 03 01 00 00 00 30'));
    await expectGone('down-pipe');
    await busybox.remove();
  });

  test('that is graceful and final does not carry out on_poweroff', async () => {
    const domain = await define({
      name: 'down-final',
      initArguments: ['-c', willing],
      elements: '<on_poweroff>restart</on_poweroff>',
    });
    await domain.start({ ownership: 'leave' });
    await untilWilling(domain);
    await runSuccessfully(['destroy', 'down-final', '--graceful'], { root: root.path });
    expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
    await expectGone('down-final');
  });
});
