/** What makes a cgroup hard to remove: trees in it, and forks. R8; test/long has a stranger in it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupsOf, expectGone, initOf } from '../support/container-traces';
import { askConsole } from '../support/console-answer';
import { startOnce } from '../support/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/host-snapshot';
import type { HostSnapshot } from '../support/host-snapshot';
import { TestDomain } from '../support/test-domain';

/** What a destroy may take, in milliseconds of a machine with nothing else to do. */
const patience = 5000 * Number(process.env['TSLXC_TEST_SLOWNESS'] ?? 1);
const depth = 50;

let before: HostSnapshot;
beforeAll(startOnce);
beforeEach(() => {
  before = snapshotHost();
});
afterEach(() => expectHostUnchanged(before));

async function destroyInTime(container: TestDomain): Promise<void> {
  const started = Date.now();
  await container.domain.destroy();
  expect(Date.now() - started).toBeLessThan(patience);
  await expectGone(container.name);
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

test(`a tree of ${depth} cgroups in every hierarchy, with a process at its end, is removed`, async () => {
  await using container = await TestDomain.make({ name: 'busy-tree' });
  await container.start();
  await askConsole(container.domain, 'sleep 1000 & echo started=$!', /started=\d/);
  const init = await initOf(container.name);
  const children = readFileSync(`/proc/${init}/task/${init}/children`, 'latin1').trim().split(' ');
  const [child = ''] = children;
  for (const folder of joinedCgroups(container.name)) {
    writeFileSync(join(dig(folder), 'cgroup.procs'), child);
  }
  expect(readFileSync(`/proc/${child}/cgroup`, 'latin1')).toContain(`level-${depth - 1}`);
  await destroyInTime(container);
});

test('a container that forks without end is destroyed', async () => {
  await using container = await TestDomain.make({ name: 'busy-forks', memory: 65_536 });
  await container.start();
  // Each lives for a moment and has two children: a few hundred at a time.
  const storm = 'storm() { sleep 0.2; storm & storm & }; ulimit -u 300; storm & storm & echo on=1';
  await askConsole(container.domain, storm, /on=1\r/);
  await destroyInTime(container);
});
