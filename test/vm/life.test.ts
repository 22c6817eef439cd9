/** Pausing, shutting down, rebooting and ending with cgroup v2 alone, and with systemd as init. */
import { mkdir } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Domain } from 'tslxc';
import { ConsoleSession } from '../support/console/console-session';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { forkStorm } from '../support/domain/fork-storm';
import { limitFile } from '../support/domain/limit-table';
import { eventually, slowness } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';

/** Milliseconds for a boot or an end under emulation. */
const long = 180_000;
const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';

const world = containerTest(rootAndConnection);

async function counting(name: string): Promise<{ domain: Domain; size: () => number }> {
  const source = join(world.root.path, 'counted');
  await mkdir(source, { recursive: true });
  const script = [
    'cd /sys/fs/cgroup; i=0; while [ $i -lt 50 ]; do mkdir d && cd d || exit 1; i=$((i + 1)); done',
    'sleep 1000 & echo $! >cgroup.procs; cd /',
    'while :; do echo >>/counted/file; sleep 0.1; done',
  ];
  const xml = domainXml({
    name,
    initArguments: ['-c', script.join('\n')],
    // Deeper than containers may go by default.
    elements:
      "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:cgroups depth='60'/></tslxc:container></metadata>",
    filesystems: [{ source, target: '/counted' }],
  });
  const domain = await world.connection.defineDomain(xml);
  await domain.start();
  const size = (): number => statSync(join(source, 'file'), { throwIfNoEntry: false })?.size ?? 0;
  await eventually(() => expect(size()).toBeGreaterThan(1));
  return { domain, size };
}

test('a counter stops and goes on, and is destroyed while it stands, with fifty cgroups inside', async () => {
  const { domain, size } = await counting('life-counter');
  await domain.suspend();
  const stopped = size();
  expect(await domain.state()).toEqual({ state: 'paused', reason: 'user' });
  await sleep(3000);
  expect(size()).toBe(stopped);
  await domain.resume();
  await eventually(() => expect(size()).toBeGreaterThan(stopped));
  expect(await domain.state()).toEqual({ state: 'running', reason: 'unpaused' });
  await domain.suspend();
  const begun = performance.now();
  await domain.destroy();
  process.stdout.write(`destroyed in ${Math.round(performance.now() - begun)} ms\n`);
  expect(performance.now() - begun).toBeLessThan(5000 * slowness);
  await expectGone('life-counter');
});

test('a fork bomb does not keep a container from being destroyed', async () => {
  const name = 'life-bomb';
  // Each has two children and ends: they fork on as their children end.
  const storm = forkStorm({ script: 'b() { (b) & (b) & }; b', most: 200 });
  const domain = await world.connection.defineDomain(domainXml({ name, ...storm }));
  await domain.start();
  const current = { v1: 'pids.current', v2: 'pids.current' };
  await eventually(() => expect(Number(limitFile(name, 'pids', current))).toBeGreaterThan(50));
  const begun = performance.now();
  await domain.destroy();
  process.stdout.write(`destroyed in ${Math.round(performance.now() - begun)} ms\n`);
  expect(performance.now() - begun).toBeLessThan(5000 * slowness);
  await expectGone(name);
});

test('systemd is rebooted and shut down by signals of its own, under one monitor', async () => {
  const xml = domainXml({
    name: 'debian',
    uuid,
    memory: 512 * 1024,
    init: '/sbin/init',
    elements: '<features><privnet/></features>',
    filesystems: [{ source: '/containers/debian', target: '/' }],
  });
  const domain = await world.connection.defineDomain(xml);
  await domain.start();
  using session = await ConsoleSession.open(domain);
  await session.expect(/debian login: $/, long);
  const { id } = domain;
  expect(await domain.reboot({ timeout: long })).toEqual({
    by: 'signal',
    signal: 39,
    outcome: 'rebooted',
  });
  expect(domain.id).toBe(id);
  // The same client goes on reading: the console of the next life.
  await session.expect(/debian login: $/, long);
  expect(await domain.shutdown({ timeout: long })).toMatchObject({
    by: 'signal',
    signal: 38,
    outcome: 'stopped',
    exit: { how: 'killed', signal: 2 },
  });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  await expectGone('debian');
});
