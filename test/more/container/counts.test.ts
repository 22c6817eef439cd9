/** control: the counts of test/container/counts.test.ts find one call more of each kind, in the caller and in what it starts. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostFacts } from '../../../lib/host/facts';
import { CountedContainer } from '../../support/counts/counted-container';
import { usualActs } from '../../support/counts/traced-life';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { DrivenChild } from '../../support/process/driven-child';
import { unrest } from '../../support/process/at-rest';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { monitorsOf } from '../../support/world/container-traces';

const world = containerTest(async (keep) => ({ container: await CountedContainer.make(keep) }), {
  per: 'file',
});

/** A file that is there in every layout of cgroups. */
function aCgroupFile(): string {
  const { hierarchies, unified } = hostFacts().cgroups;
  const mount = unified?.mount ?? hierarchies[0]?.mount ?? '';
  return `${mount}/cgroup.procs`;
}

test('a call more of the caller is found, whatever it does', async () => {
  const { container } = world;
  const scratch = JSON.stringify(`${container.root}/scratch`);
  const acts = {
    start: `fs.closeSync(fs.openSync('/etc/passwd')); ${usualActs.start}`,
    exec: `${usualActs.exec} require('node:child_process').spawnSync('/bin/true');`,
    destroy: `
      fs.closeSync(fs.openSync('${aCgroupFile()}'));
      const file = fs.openSync(${scratch}, 'w');
      fs.fsyncSync(file);
      fs.closeSync(file);
      ${usualActs.destroy}
      fs.renameSync(${scratch}, ${scratch} + '.new');
      fs.unlinkSync(${scratch} + '.new');`,
  };
  const found = await container.differences(await container.live({ acts }));
  expect(found).toEqual([
    expect.stringMatching(/^start: opened: 1 more than /),
    expect.stringMatching(/^exec: processes: 1 more than /),
    expect.stringMatching(/^exec: executed: 1 more than /),
    expect.stringMatching(/^exec: opened: \d+ more than /),
    expect.stringMatching(/^exec: calls: \d+ more than /),
    expect.stringMatching(/^destroy: opened: 1 more than /),
    expect.stringMatching(/^destroy: cgroupFilesRead: 1 more than /),
    expect.stringMatching(/^destroy: syncs: 1 more than /),
    expect.stringMatching(/^destroy: renamed: 1 more than /),
    expect.stringMatching(/^destroy: removed: 1 more than /),
    expect.stringMatching(/^destroy: calls: \d+ more than /),
  ]);
});

test('so are bytes and calls of no other kind, when they are more than a fiftieth of all', async () => {
  const { container } = world;
  const looks = "for (let look = 0; look < 20; look += 1) fs.existsSync('/tslxc-missing');";
  const writes = `fs.appendFileSync(${JSON.stringify(`${container.root}/scratch`)}, 'x'.repeat(100));`;
  const acts = { start: `${looks} ${usualActs.start}`, destroy: `${usualActs.destroy} ${writes}` };
  expect(await container.differences(await container.live({ acts }))).toEqual([
    expect.stringMatching(/^start: calls: \d+ more than /),
    expect.stringMatching(/^destroy: opened: 1 more than /),
    expect.stringMatching(/^destroy: bytes: \d+ more than /),
  ]);
});

test('a mount more of init is found, against a plan that has it not', async () => {
  using other = await UnsafePackage.make('one more mount');
  const life = await world.container.live({ child: { folder: other.folder } });
  expect(await world.container.differences(life)).toEqual([
    expect.stringMatching(/^start: mounts: 1 more than /),
  ]);
});

/** How often a process has waited for something since it began; of its threads, the first, which runs what it was told to do. */
function waitsOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1]);
}

/** A running container, of a caller of that package. */
async function running(caller: DrivenChild): Promise<number> {
  const { name } = world.container;
  await caller.run(`
    globalThis.counted = await connection.lookupDomainByName('${name}');
    await counted.start();`);
  const [monitor = -1] = monitorsOf(name);
  return monitor;
}

test('ten idle seconds wake the monitor not once, and its caller hardly', async () => {
  await using caller = await DrivenChild.start(world.container.root);
  const monitor = await running(caller);
  await eventually(() => expect(unrest([monitor])).toEqual([]));
  await eventually(() => expect(unrest([caller.pid], { least: 1000 })).toEqual([]));
  const before = [monitor, caller.pid].map(waitsOf);
  await sleep(10_000);
  const [ofMonitor = NaN, ofCaller = NaN] = [monitor, caller.pid].map(
    (pid, index) => waitsOf(pid) - (before[index] ?? 0),
  );
  await caller.run('await counted.destroy();');
  process.stdout.write(
    `ten idle seconds: the monitor woke up ${ofMonitor} times, its caller ${ofCaller}\n`,
  );
  expect(ofMonitor).toBe(0);
  // What is left is the JavaScript engine's own: it cleans up when nothing else is to be done. That the caller has set no timer
  // is tested in test/container/counts.test.ts.
  expect(ofCaller).toBeLessThanOrEqual(30);
});

test('control: a monitor that looks after its container from time to time has a time-out', async () => {
  using other = await UnsafePackage.make('busy monitor');
  await using caller = await DrivenChild.start(world.container.root, { folder: other.folder });
  const monitor = await running(caller);
  await eventually(() => {
    expect(unrest([monitor])).toEqual([
      expect.stringMatching(/^thread \d+ of process \d+ is in system call \d+ with a time-out: /),
    ]);
  });
  const before = waitsOf(monitor);
  await eventually(() => expect(waitsOf(monitor)).toBeGreaterThan(before));
  await caller.run('await counted.destroy();');
});
