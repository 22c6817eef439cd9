/** What doesn't end when it should: an init that ignores everything, a process in the kernel, and clocks that jump. R18, R19. */
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { expectGone, initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually, patience, slowness } from '../support/time/eventually';
import { someOf } from '../support/time/repeats';
import { pidOf } from '../support/domain/exec';
import { containerTest, nothing } from '../support/world/container-test';
import { libraryWords } from '../support/process/library-child';
import { runProgram } from '../support/process/run-command';
import { StuckFolder } from '../support/fake/stuck-folder';
import { TestDomain } from '../support/domain/test-domain';
import { makeTestRoot } from '../support/root/test-root';

/** Milliseconds that a destroy, or its failure, may take. */
const promise = 5000 * slowness;

/** Hears of every request to end, and goes on. */
const deaf = "trap '' PWR; trap 'echo heard' TERM HUP INT; echo deaf; while :; do sleep 0.05; done";

containerTest(nothing);

test('an init that ignores what asks it to end is told of as running on, and is destroyed', async () => {
  await using container = await TestDomain.make({ name: 'hard-deaf', initArguments: ['-c', deaf] });
  const { domain } = container;
  await domain.start();
  await domain.waitFor({ console: /deaf/, timeout: 20_000 });
  const asked = performance.now();
  await expect(domain.shutdown({ timeout: 400 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: expect.stringMatching(/was asked by signal 15, and runs on after 0.4 s$/) as string,
  });
  expect(performance.now() - asked).toBeGreaterThan(399);
  await domain.waitFor({ console: /heard/, timeout: 20_000 });
  await expect(domain.destroy({ graceful: 300 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
  });
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  const began = performance.now();
  await domain.destroy();
  const took = performance.now() - began;
  process.stdout.write(`deaf init: destroyed in ${took.toFixed(0)} ms\n`);
  expect(took).toBeLessThan(promise);
  await expectGone(container.name);
});

test('a process that waits in the kernel is named, holds no caller up, and is cleaned up once it is let go', async () => {
  await using root = await makeTestRoot();
  await using folder = await StuckFolder.mount();
  await using connection = await connect(undefined, { root: root.path });
  const name = 'hard-stuck';
  const xml = domainXml({
    name,
    initArguments: ['-c', 'cat /var/tmp/stuck/file & while :; do sleep 0.1; done'],
    filesystems: [{ source: folder.path, target: '/var/tmp/stuck' }],
    elements: '<on_crash>restart</on_crash>',
  });
  const domain = await connection.defineDomain(xml);
  await domain.start();
  await initOf(name);
  await folder.untilAsked();
  const stuck = await pidOf('cat', '/var/tmp/stuck/file');
  const began = performance.now();
  const refusal = (await domain.destroy().catch((error: unknown) => error)) as Error;
  const took = performance.now() - began;
  process.stdout.write(`stuck: ${refusal.message} after ${took.toFixed(0)} ms\n`);
  expect(refusal).toMatchObject({ code: 'SYSTEM_ERROR', errno: 16 });
  expect(refusal.message).toContain(
    `SIGKILL does not end process ${stuck} (cat), which waits in the kernel`,
  );
  expect(took).toBeLessThan(2 * promise);
  expect(readFileSync(`/proc/${stuck}/stat`, 'latin1')).toContain(') D ');
  // Others, and who looks, go on.
  const other = await connection.createDomain(domainXml({ name: 'hard-other' }));
  expect((await connection.listDomains()).map((one) => one.name)).toContain('hard-other');
  await other.destroy();
  await folder.release();
  await eventually(() => expect(() => readFileSync(`/proc/${stuck}/stat`)).toThrow());
  // That it was a destroy is not forgotten with the process that has asked for it.
  const again = await connect(undefined, { root: root.path });
  const seen = await again.lookupDomainByName(name);
  expect(await seen.state()).toMatchObject({
    state: 'shutoff',
    reason: 'destroyed',
    exit: { how: 'lost', requested: 'destroy' },
  });
  await again.close();
  expect(domain.id).toBeUndefined();
  await expectGone(name);
  await domain.undefine();
});

test('a monitor that is stopped is told of within a second, holds no caller up, and is destroyed', async () => {
  await using container = await TestDomain.make({ name: 'hard-stopped' });
  const { domain } = container;
  await domain.start();
  const id = domain.id ?? 0;
  process.kill(id, 'SIGSTOP');
  const running = { state: 'running', reason: 'booted', monitor: 'unresponsive' };
  await eventually(async () => expect(await domain.state()).toEqual(running));
  const tslxc = async (...words: string[]): Promise<string> => {
    const began = performance.now();
    // Node starts within half a second, and beside other lanes far more slowly.
    const { stdout } = await container.try(words);
    expect(performance.now() - began).toBeLessThan(1000 * patience);
    return stdout;
  };
  const row = new RegExp(`^ ${id} +${container.name} +running \\(unresponsive\\)$`, 'm');
  expect(await tslxc('list')).toMatch(row);
  expect(await tslxc('domstate', container.name, '--reason')).toBe(
    'running (booted, unresponsive)\n\n',
  );
  process.kill(id, 'SIGCONT');
  await eventually(async () => expect(await tslxc('list')).toMatch(/ running$/m));
  process.kill(id, 'SIGSTOP');
  await domain.destroy();
  await expectGone(container.name);
});

test.each(someOf([1, -1], 0, 2))(
  'a jump of the wall clock by %d year changes no time-out',
  async (years) => {
    await using root = await makeTestRoot();
    const xml = domainXml({ name: 'hard-clock', initArguments: ['-c', deaf] });
    const code = `
    const real = Date.now;
    let shift = 0;
    Date.now = () => real() + shift;
    const jump = () => { shift = shift === 0 ? ${years} * 365 * 86_400_000 : 0; };
    const connection = await connect();
    const domain = await connection.defineDomain(${JSON.stringify(xml)});
    const times = {};
    const measure = async (name, work) => {
      const began = performance.now();
      setTimeout(jump, 50);
      const error = await work().then(() => ({ code: 'done' }), (cause) => cause);
      times[name] = [error.code, performance.now() - began];
    };
    await measure('start', () => domain.start());
    await domain.waitFor({ console: /deaf/ });
    await measure('shutdown', () => domain.shutdown({ timeout: 400 }));
    await measure('port', () => domain.waitFor({ port: 1, timeout: 400 }));
    await measure('state', () => domain.waitFor({ state: 'paused', timeout: 400 }));
    await measure('exec', () => domain.waitFor({ exec: ['false'], timeout: 400 }));
    await measure('command', async () => {
      await domain.exec(['sleep', '600'], { timeout: 400 });
    });
    await measure('destroy', () => domain.destroy());
    await domain.undefine();
    await connection.close();
    console.log(JSON.stringify(times));`;
    const { stdout, stderr } = await runProgram(libraryWords(code), { root: root.path });
    expect(stderr).toBe('');
    const times = JSON.parse(stdout) as Record<string, [string, number]>;
    for (const name of ['shutdown', 'port', 'state', 'exec', 'command']) {
      const [outcome, took] = times[name] ?? ['', 0];
      expect([name, outcome]).toEqual([name, 'OPERATION_TIMEOUT']);
      expect(took).toBeGreaterThan(399);
      expect(took).toBeLessThan(promise);
    }
    for (const name of ['start', 'destroy']) {
      const [outcome, took] = times[name] ?? ['', Infinity];
      expect([name, outcome]).toEqual([name, 'done']);
      expect(took).toBeLessThan(promise);
    }
  },
);
