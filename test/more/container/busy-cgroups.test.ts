/** What makes a cgroup hard to remove: trees in it, and forks. R8 and T27; test/long has a stranger in it. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hostFacts } from '../../../lib/host/facts';
import { cgroupsOf, expectGone, initOf } from '../../support/world/container-traces';
import { askConsole } from '../../support/console/console-answer';
import { eventually, slowness } from '../../support/time/eventually';
import { containerTest, nothing } from '../../support/world/container-test';
import { atMostProcesses, forkStorm } from '../../support/domain/fork-storm';
import { TestDomain } from '../../support/domain/test-domain';

/** What a destroy may take, in milliseconds: 0.1 to 1.7 s are seen beside other lanes. */
const promise = 5000 * slowness;
const depth = 50;

containerTest(nothing);

/** Milliseconds in which it was destroyed. */
async function timeOfDestroy(container: TestDomain): Promise<number> {
  const started = performance.now();
  await container.domain.destroy();
  const took = performance.now() - started;
  process.stdout.write(`${container.name}: destroyed in ${took.toFixed(0)} ms\n`);
  await expectGone(container.name);
  return took;
}

/** The fastest of three: what else the machine does may hold the others up. */
async function expectInTime(attempt: () => Promise<number>): Promise<void> {
  let took = Infinity;
  for (let tries = 3; took >= promise && tries > 0; tries -= 1) took = await attempt();
  expect(took).toBeLessThan(promise);
}

/** Where processes of the container are: some hierarchies have a folder between. */
function joinedCgroups(name: string): string[] {
  return cgroupsOf(name).map((path) =>
    existsSync(join(path, 'init')) ? join(path, 'init') : path,
  );
}

/** `depth` cgroups within one another, with what a v1 cpuset needs before it takes a process. */
function dig(folder: string): string {
  let at = folder;
  for (let level = 0; level < depth; level += 1) {
    const below = join(at, `level-${level}`);
    mkdirSync(below);
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (existsSync(join(below, file)) && readFileSync(join(at, file), 'latin1').trim() !== '')
        writeFileSync(join(below, file), readFileSync(join(at, file), 'latin1'));
    }
    at = below;
  }
  return at;
}

test(`a tree of ${depth} cgroups in every hierarchy, with a process at its end, is removed, the fastest of three in time`, async () => {
  await expectInTime(timeOfTree);
});

async function timeOfTree(): Promise<number> {
  await using container = await TestDomain.make({
    name: 'busy-tree',
    // Deeper than containers may go by default.
    elements: `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:cgroups depth='${depth + 10}'/></tslxc:container></metadata>`,
  });
  await container.start();
  await askConsole(container.domain, 'sleep 1000 & echo started=$!', /started=\d/);
  const init = await initOf(container.name);
  const children = readFileSync(`/proc/${init}/task/${init}/children`, 'latin1').trim().split(' ');
  const [child = ''] = children;
  for (const folder of joinedCgroups(container.name)) {
    writeFileSync(join(dig(folder), 'cgroup.procs'), child);
  }
  expect(readFileSync(`/proc/${child}/cgroup`, 'latin1')).toContain(`level-${depth - 1}`);
  return await timeOfDestroy(container);
}

test('a container that forks without end is destroyed, the fastest of three in time', async () => {
  await expectInTime(timeOfForks);
});

async function timeOfForks(): Promise<number> {
  const most = 300;
  // Each lives for a moment and has two children: a few hundred at a time.
  const script = 'storm() { sleep 0.2; storm & storm & }; storm';
  const storm = forkStorm({ script, most });
  await using container = await TestDomain.make({ name: 'busy-forks', ...storm });
  await container.start();
  await untilMoreThan(0.5 * most, join(pidsMount(), 'libvirt/lxc', container.name));
  return await timeOfDestroy(container);
}

/** Forks as fast as it can, and goes on when it can't. Guarded: as PID 1 of a container only. */
const bomb = `[ $$ = 1 ] || exit; exec python3 -c '
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
'`;

/** Where the kernel counts the processes of cgroups. */
function pidsMount(): string {
  const { hierarchies, unified } = hostFacts().cgroups;
  const own = hierarchies.find(({ controllers }) => controllers.includes('pids')) ?? unified;
  if (own === undefined) throw new Error('the host does not limit processes');
  return own.mount;
}

/** Until so many processes are in a cgroup and below. */
async function untilMoreThan(processes: number, folder: string): Promise<void> {
  const count = (): number => Number(readFileSync(join(folder, 'pids.current'), 'latin1'));
  await eventually(() => expect(count()).toBeGreaterThan(processes), 20_000);
}

test('a fork bomb at its own limit of processes is destroyed while it goes on, the fastest of three in time', async () => {
  await expectInTime(timeOfBomb);
});

async function timeOfBomb(): Promise<number> {
  const most = 256;
  await using container = await TestDomain.make({
    name: 'busy-bomb',
    memory: 1024 * 1024,
    initArguments: ['-c', bomb],
    elements: atMostProcesses(most),
  });
  await container.start();
  await untilMoreThan(0.9 * most, join(pidsMount(), 'libvirt/lxc', container.name));
  return await timeOfDestroy(container);
}

test('a fork bomb with no limit but memory is destroyed while it goes on', async () => {
  // The machine of the tests is to survive a container that isn't ended: by a limit of the cgroup above it.
  const [most, partition] = [1000, join(pidsMount(), 'libvirt/bounded.partition')];
  const isFirst = !existsSync(join(pidsMount(), 'libvirt'));
  mkdirSync(partition, { recursive: true });
  writeFileSync(join(partition, 'pids.max'), String(most));
  try {
    await expectInTime(async () => {
      await using container = await TestDomain.make({
        name: 'busy-unbounded',
        memory: 512 * 1024,
        initArguments: ['-c', bomb],
        elements: '<resource><partition>/bounded</partition></resource>',
      });
      await container.start();
      await untilMoreThan(0.9 * most, partition);
      const [folder = ''] = readdirSync(partition).filter((one) => one.includes(container.name));
      expect(readFileSync(join(partition, folder, 'pids.max'), 'latin1').trim()).toBe('max');
      return await timeOfDestroy(container);
    });
  } finally {
    // The kernel lets go of what was below it a moment later.
    if (existsSync(partition)) await eventually(() => rmdirSync(partition));
    if (isFirst) rmdirSync(join(pidsMount(), 'libvirt'));
  }
});
