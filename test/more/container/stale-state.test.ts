/** State of another boot, of pids that others have by now, and state that is damaged: no process is signalled, nothing is deleted. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { readRunState } from '../../../lib/container/record/run-state';
import { TslxcError } from '../../../lib/errors';
import { isNewer } from '../../../lib/host/state/record-format';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { expectGone, initOf } from '../../support/world/container-traces';
import { containerTest, nothing } from '../../support/world/container-test';
import { hasEnded } from '../../support/process/processes';
import { TestDomain } from '../../support/domain/test-domain';
import { expectNoSignal, Innocent, json, recycle } from '../../container/recycled-pids';

containerTest(nothing);

test('a boot of the host ends what ran, and the processes that have its pids now are not signalled', async () => {
  await using innocent = await Innocent.make();
  await using container = await TestDomain.make({ name: 'stale-boot' });
  const files = runPaths(statePaths(container.root), container.name);
  await container.start();
  const kept = [files.start, files.running].map((path) => [path, readFileSync(path)] as const);
  await container.run('destroy');
  // As it lies on a disk that a boot has not emptied.
  mkdirSync(files.directory, { recursive: true });
  rmSync(files.exit);
  for (const [path, bytes] of kept) writeFileSync(path, bytes);
  const boot = '00000000-0000-4000-8000-000000000000';
  writeFileSync(files.start, JSON.stringify({ ...json(files.start), boot }));
  recycle(files, innocent.pid);
  expect(await container.run('domstate')).toBe('shut off\n\n');
  expect(await innocent.signals()).toBe('');
  await container.run('start');
  await container.run('destroy');
  expect(await innocent.signals()).toBe('');
});

test.each(['domstate', 'start'])(
  '%s of a container whose monitor was killed signals no process that has its pids now',
  expectNoSignal,
);

test('pids on record that are wrong while the container runs reach no other process', async () => {
  await using innocent = await Innocent.make();
  await using container = await TestDomain.make({ name: 'stale-running' });
  const files = runPaths(statePaths(container.root), container.name);
  await container.run('start');
  recycle(files, innocent.pid);
  const { domain } = container;
  await domain.sendSignal(15);
  await expect(domain.addresses()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  await expect(domain.waitFor({ port: 80, timeout: 50 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
  });
  await container.run('destroy');
  expect(await innocent.signals()).toBe('');
});

describe('damaged records', () => {
  /** Every length that is cut short, and a flipped bit of some bytes. */
  function* damages(bytes: Buffer): Generator<Buffer> {
    for (let length = 0; length < bytes.length; length += 1) yield bytes.subarray(0, length);
    for (let at = 0; at < bytes.length; at += 16) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      yield flipped;
    }
  }

  test.each(['start', 'running', 'exit'] as const)(
    'of %s: each is read as one or refused with its path, and left as it is',
    async (kind) => {
      await using container = await TestDomain.make({ name: 'damaged' });
      const paths = statePaths(container.root);
      const files = runPaths(paths, container.name);
      await container.start();
      if (kind === 'exit') await container.run('destroy');
      const path = files[kind];
      const whole = readFileSync(path);
      let refused = 0;
      for (const damaged of damages(whole)) {
        writeFileSync(path, damaged);
        try {
          readRunState(paths, container.name);
        } catch (error) {
          // One bit makes another number of the format.
          const isRefused = TslxcError.is(error, 'INTERNAL_ERROR') || isNewer(error);
          expect(isRefused ? error.path : error).toBe(path);
          refused += 1;
        }
      }
      // What is cut short is no JSON, but for the newline at its end; an end that can't be read is as none.
      expect(refused).toBeGreaterThanOrEqual(kind === 'exit' ? 0 : whole.length - 1);
      writeFileSync(path, whole);
      if (kind !== 'exit') await container.run('destroy');
    },
  );

  const otherXml =
    '<domain type="lxc"><name>other</name><memory>102400</memory><os><type>exe</type><init>/bin/sh</init></os><devices><console/></devices></domain>';

  test.each([
    ['start', 'cut short'],
    ['start', 'a directory'],
    ['running', 'cut short'],
    ['running', 'a directory'],
    ['monitorLock', 'a directory'],
    ['monitorLock', 'a fifo'],
  ] as const)(
    'of %s, %s: it is listed with the reason, the container goes on, and destroy ends it',
    async (kind, damage) => {
      await using container = await TestDomain.make({ name: 'damaged' });
      await using connection = await connect(undefined, { root: container.root });
      await connection.defineDomain(otherXml);
      const path = runPaths(statePaths(container.root), container.name)[kind];
      await container.start();
      const init = await initOf(container.name);
      const whole = readFileSync(path);
      unlinkSync(path);
      if (damage === 'a directory') mkdirSync(path);
      else if (damage === 'a fifo') execFileSync('mkfifo', [path]);
      else writeFileSync(path, whole.subarray(0, whole.length / 2));
      expect((await connection.listDomains()).map(({ name }) => name)).toEqual([
        'damaged',
        'other',
      ]);
      const list = await container.try(['list', '--all', '--title']);
      expect(list).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/ damaged +no state +\n/) as string,
        stderr: `warning: domain 'damaged': ${path} is damaged\n`,
      });
      expect((await container.try(['domstats'])).stdout).toContain("'damaged'\n  state.state=0\n");
      expect((await container.try(['doctor'])).code).toBe(0);
      expect(await connection.reap()).toBe(0);
      const refused = { code: 'INTERNAL_ERROR', path };
      const { domain } = container;
      for (const call of [
        () => domain.start(),
        () => domain.undefine(),
        () => domain.setTitle('x'),
      ]) {
        await expect(call()).rejects.toMatchObject(refused);
      }
      const { code, stderr } = await container.try(['start', container.name]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${path} is damaged`)]);
      expect(hasEnded(init)).toBe(false);
      await container.run('destroy');
      expect(hasEnded(init)).toBe(true);
      expect(await container.reason()).toBe('shut off (destroyed)');
      await expectGone(container.name);
      await container.start();
      await container.run('destroy');
    },
  );

  test('a purge takes what runs of a damaged one along', async () => {
    await using container = await TestDomain.make({ name: 'damaged' });
    const path = runPaths(statePaths(container.root), container.name).start;
    await container.start();
    const init = await initOf(container.name);
    writeFileSync(path, '{');
    const { code, stderr } = await container.try(['purge', '--yes']);
    expect([code, stderr]).toEqual([0, '']);
    expect(hasEnded(init)).toBe(true);
    await expectGone(container.name);
  });
});
