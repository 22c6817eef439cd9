/** suspend and resume, and that nothing, a bomb of processes (T27) among it, keeps a container from being ended within five seconds. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import { freezerDirectory } from '../../lib/container/cgroups/freezer';
import { hostFacts } from '../../lib/host/facts';
import { readRunState } from '../../lib/container/record/run-state';
import { statePaths } from '../../lib/host/state/state-paths';
import { expectShell } from '../support/console/console-answer';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { forkStorm } from '../support/domain/fork-storm';
import { eventually } from '../support/time/eventually';
import { containerTest, nothing } from '../support/world/container-test';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { TestDomain } from '../support/domain/test-domain';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing);

/** Milliseconds that a destroy may take, whatever goes on inside. */
const promise = 5000;

async function destroyInTime(container: TestDomain): Promise<void> {
  expect(await timeOfDestroy(container)).toBeLessThan(promise);
}

/** Resolves to the milliseconds that it has taken. */
async function timeOfDestroy({ domain, name }: TestDomain): Promise<number> {
  const before = performance.now();
  await domain.destroy();
  const took = performance.now() - before;
  process.stdout.write(`${name}: destroyed in ${took.toFixed(0)} ms\n`);
  await expectGone(name);
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  return took;
}

const counter = 'while :; do echo >>/var/tmp/counted/file; sleep 0.02; done';

/** A container in which a file grows as long as it runs. */
async function counting(
  name: string,
  script: string,
  act: (counted: TestDomain, size: () => number) => Promise<void>,
) {
  const root = await makeTestRoot();
  try {
    const source = join(root.path, 'counted');
    await mkdir(source);
    await using counted = await TestDomain.make({
      name,
      initArguments: ['-c', script],
      filesystems: [{ source, target: '/var/tmp/counted' }],
    });
    await counted.start();
    const file = join(source, 'file');
    const size = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    await eventually(() => expect(size()).toBeGreaterThan(1));
    await act(counted, size);
  } finally {
    await root.remove();
  }
}

test('a counter stops and goes on, whichever process says so, and every process sees it', async () => {
  await counting('pause-counter', counter, async (counted, size) => {
    expect(await counted.run('suspend')).toBe("Domain 'pause-counter' suspended\n\n");
    const stopped = size();
    expect(await counted.reason()).toBe('paused (user)');
    expect(await counted.domain.state()).toEqual({ state: 'paused', reason: 'user' });
    expect((await counted.try(['list'])).stdout).toMatch(/pause-counter +paused/);
    await sleep(300);
    expect(size()).toBe(stopped);
    const { stderr } = await counted.try(['shutdown', counted.name]);
    expect(stderr).toContain('Requested operation is not valid: domain is paused');
    await counted.domain.resume();
    await eventually(() => expect(size()).toBeGreaterThan(stopped));
    expect(await counted.reason()).toBe('running (unpaused)');
    expect((await counted.try(['resume', counted.name])).stderr).toBe(
      "error: Failed to resume domain 'pause-counter'\n" +
        'error: Requested operation is not valid: domain is already running\n',
    );
    await destroyInTime(counted);
  });
});

test('what needs no process of the container can be done while it is paused, and nothing else', async () => {
  await using paused = await TestDomain.make({ name: 'pause-verbs', memory: 65_536 });
  const { domain, name } = paused;
  await paused.start();
  const [reached, { stdout }] = await Promise.all([
    domain.waitFor({ state: 'paused', timeout: 30_000 }),
    paused.try(['wait', name, '--state', 'paused', '--timeout', '30']),
    sleep(100).then(() => domain.suspend()),
  ]);
  expect(reached).toEqual({ state: 'paused', reason: 'user' });
  expect(stdout).toContain('paused (user)');
  expect(await paused.run('domstats', '--state')).toContain('state.state=3\n  state.reason=1\n');
  const refused = (words: string) => ({
    code: 'OPERATION_INVALID',
    message: `Requested operation is not valid: ${words}`,
  });
  const began = performance.now();
  await expect(domain.exec(['true'])).rejects.toMatchObject(
    refused('domain is paused: no command can run in it'),
  );
  for (const asked of [
    () => domain.shutdown({ timeout: 1000 }),
    () => domain.reboot({ timeout: 1000 }),
    () => domain.destroy({ graceful: 1000 }),
  ]) {
    await expect(asked()).rejects.toMatchObject(refused('domain is paused'));
  }
  await expect(domain.start()).rejects.toMatchObject(refused('Domain is already running'));
  await expect(domain.rename('pause-other')).rejects.toMatchObject(
    refused('cannot rename active domain'),
  );
  await domain.setTitle('stands still', { which: 'both' });
  await domain.setMetadata('urn:x', { key: 'k', xml: '<a/>' }, { which: 'live' });
  await domain.setMemory(32_768, { which: 'live' });
  expect(await domain.xml()).toContain('<title>stands still</title>');
  expect(await domain.getMetadata('urn:x', { which: 'live' })).toBe('<a/>');
  expect((await domain.stats()).state).toEqual({ state: 'paused', reason: 'user' });
  expect(await domain.interfaces()).toEqual([]);
  await domain.sendSignal(18);
  await domain.suspend();
  expect(performance.now() - began).toBeLessThan(promise);
  expect(await paused.reason()).toBe('paused (user)');
  await domain.undefine();
  await domain.resume();
  await expectShell(domain);
  await domain.destroy();
  await expectGone(name);
});

test('an init that is frozen in a cgroup of its own is no pause: no verb says so, and none waits for it', async () => {
  await using frozen = await TestDomain.make({ name: 'pause-own' });
  const { domain, name } = frozen;
  await frozen.start();
  const state = readRunState(statePaths(frozen.root), name);
  if (state.phase !== 'running') throw new Error('it does not run');
  const freezer = freezerDirectory(state.start, hostFacts().cgroups);
  const own = `${freezer?.path ?? ''}/own`;
  await mkdir(own);
  writeFileSync(`${own}/cgroup.procs`, String(state.running.init));
  if (freezer?.version === 'v1') writeFileSync(`${own}/freezer.state`, 'FROZEN');
  else writeFileSync(`${own}/cgroup.freeze`, '1');
  await eventually(() => expect(standsStill(own)).toBe(true));
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  expect(await frozen.reason()).toBe('running (booted)');
  await expect(domain.exec(['true'])).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    path: own,
    message: `Requested operation is not valid: init is frozen in ${own}, which is not a pause of the domain: no command can run in it`,
  });
  await expect(domain.resume()).rejects.toMatchObject({
    message: 'Requested operation is not valid: domain is already running',
  });
  await domain.suspend();
  await expect(domain.exec(['true'])).rejects.toMatchObject({
    message: 'Requested operation is not valid: domain is paused: no command can run in it',
  });
  await domain.resume();
  await destroyInTime(frozen);
});

function standsStill(cgroup: string): boolean {
  const v1 = join(cgroup, 'freezer.state');
  return existsSync(v1)
    ? readFileSync(v1, 'latin1').trim() === 'FROZEN'
    : readFileSync(join(cgroup, 'cgroup.events'), 'latin1').includes('frozen 1');
}

test('the callers and their deaths make no difference to a pause', async () => {
  await counting('pause-owner', counter, async ({ domain, root }, size) => {
    await domain.destroy();
    const owner = await connect(undefined, { root });
    await (await owner.lookupDomainByName(domain.name)).start();
    await (await owner.lookupDomainByName(domain.name)).suspend();
    await owner.close();
    const stopped = size();
    await sleep(200);
    expect(size()).toBe(stopped);
    expect(await domain.state()).toEqual({ state: 'paused', reason: 'user' });
    await domain.resume();
    await eventually(() => expect(size()).toBeGreaterThan(stopped));
    await domain.destroy();
    await expectGone(domain.name);
  });
});

test('a paused container is destroyed, and nothing in it runs on before', async () => {
  await counting('pause-destroy', counter, async (counted, size) => {
    await counted.domain.suspend();
    const stopped = size();
    await destroyInTime(counted);
    expect(size()).toBe(stopped);
  });
});

test('nothing runs on in a paused container that another process destroys, be it as busy as it may', async () => {
  const busy = 'while :; do echo >>/var/tmp/counted/file; done';
  const script = `for i in 1 2 3 4 5 6 7 8; do (${busy}) & done; wait`;
  await counting('pause-busy', script, async (counted, size) => {
    for (let round = 0; round < 3; round += 1) {
      if (round > 0) await counted.start();
      const begun = size();
      await eventually(() => expect(size()).toBeGreaterThan(begun));
      await counted.domain.suspend();
      const stopped = size();
      await counted.run('destroy');
      expect(size()).toBe(stopped);
      expect(await counted.domain.state()).toMatchObject({ reason: 'destroyed' });
      await expectGone(counted.name);
    }
  });
});

test('a container whose monitor stands still is destroyed, and others are not kept waiting', async () => {
  await using stopped = await TestDomain.make({ name: 'pause-monitor' });
  await stopped.start();
  const monitor = stopped.domain.id;
  if (monitor === undefined) throw new Error('it does not run');
  process.kill(monitor, 'SIGSTOP');
  const before = performance.now();
  const connection = await connect(undefined, { root: stopped.root });
  const free = await connection.createDomain(domainXml({ name: 'pause-free' }));
  expect(await connection.listDomains()).toHaveLength(2);
  expect(performance.now() - before).toBeLessThan(promise);
  await free.destroy();
  await connection.close();
  await destroyInTime(stopped);
});

test('a paused container whose monitor stands still is destroyed, too', async () => {
  await counting('pause-both', counter, async (counted, size) => {
    await counted.domain.suspend();
    const stopped = size();
    const { id } = counted.domain;
    if (id === undefined) throw new Error('it does not run');
    process.kill(id, 'SIGSTOP');
    await destroyInTime(counted);
    expect(size()).toBe(stopped);
  });
});

test('a fork bomb does not keep a container from being destroyed: of three, at least one goes in time', async () => {
  // What else the machine does may hold one of them up: not all three.
  let took = Infinity;
  for (let tries = 3; took >= promise && tries > 0; tries -= 1) took = await timeOfBomb();
  expect(took).toBeLessThan(promise);
});

/** Milliseconds in which one was destroyed. */
async function timeOfBomb(): Promise<number> {
  // Each has two children and ends: they fork on as their children end.
  const storm = forkStorm({ script: 'b() { (b) & (b) & }; b', most: 500 });
  await using bomb = await TestDomain.make({ name: 'pause-bomb', ...storm });
  await bomb.start();
  const state = readRunState(statePaths(bomb.root), bomb.name);
  const path =
    state.phase === 'running'
      ? freezerDirectory(state.start, hostFacts().cgroups)?.path
      : undefined;
  const processes = (): number =>
    ['', '/init'].flatMap((below) => lines(`${path}${below}/cgroup.procs`)).length;
  await eventually(() => expect(processes()).toBeGreaterThan(50));
  return await timeOfDestroy(bomb);
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'latin1').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

test('fifty cgroups inside one another, with processes in them, go with their container', async () => {
  const before = snapshotHost();
  await using deep = await TestDomain.make({
    name: 'pause-deep',
    // Deeper than containers may go by default.
    elements:
      "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:cgroups depth='60'/></tslxc:container></metadata>",
    initArguments: [
      '-c',
      [
        // Where a container may make cgroups: the v2 tree.
        'cd /sys/fs/cgroup; [ -e cgroup.procs ] || cd unified || cd /sys/fs/cgroup/unified',
        'i=0; while [ $i -lt 50 ]; do mkdir d && cd d || exit 1; i=$((i + 1)); done',
        'sleep 1000 & echo $! >cgroup.procs',
        'echo deep=$i; while :; do sleep 1; done',
      ].join('\n'),
    ],
  });
  await deep.start();
  const output: string[] = [];
  const stream = await deep.domain.openConsole();
  stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  await eventually(() => expect(output.join('')).toContain('deep=50'));
  stream.destroy();
  await deep.domain.suspend();
  await destroyInTime(deep);
  await deep.start();
  await deep.domain.destroy();
  await expectGone(deep.name);
  // Before its root is removed, which cleans up below it.
  await expectHostUnchanged(before);
});

test('a shell that was paused reads and writes its console afterwards', async () => {
  await using shell = await TestDomain.make({ name: 'pause-shell' });
  await shell.start();
  await shell.domain.suspend();
  const stream = await shell.domain.openConsole();
  stream.destroy();
  await shell.domain.resume();
  await expectShell(shell.domain);
  await shell.domain.destroy();
  await expectGone(shell.name);
});
