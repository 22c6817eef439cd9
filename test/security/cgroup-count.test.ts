/** Cgroups that a container with own ids makes (T27): the kernel keeps them in memory of the host that it charges to no container. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostFacts } from '../../lib/host/facts';
import { isNamed } from '../../lib/plan/cgroups/named-hierarchies';
import { idMapXml } from '../support/domain/mapped-domain';
import { TestDomain } from '../support/domain/test-domain';
import { containerTest, nothing } from '../support/world/container-test';

containerTest(nothing);

const script = readFileSync(join(__dirname, 'make-cgroups.py'), 'utf8');

/** The lines that the attack prints in a container with own ids, whose definition says this of its cgroups. */
async function attack(cgroups?: string): Promise<string[]> {
  const element =
    cgroups === undefined
      ? ''
      : `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:cgroups ${cgroups}/></t:container></metadata>`;
  await using container = await TestDomain.make({
    name: 'cgroup-count',
    init: '/bin/sleep',
    initArguments: ['1000'],
    elements: `${element}${idMapXml()}`,
  });
  await container.start();
  const argv = ['python3', '-c', script, '3000', '50'];
  const { stdout, stderr } = await container.domain.exec(argv);
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

test('a container with own ids makes at most 2000, 32 levels deep, and none of v1, whatever it mounts again', async () => {
  expect(await attack()).toEqual(['deep 32 EAGAIN', 'beside 2000 EAGAIN']);
});

test('a container makes as many as the element says', async () => {
  expect(await attack("max='10' depth='4'")).toEqual(['deep 4 EAGAIN', 'beside 10 EAGAIN']);
});

test('control: without a limit all that it tries are made, also in v1', async () => {
  const { hierarchies } = hostFacts().cgroups;
  const named = hierarchies
    .filter(({ controllers }) => isNamed(controllers))
    .map(({ mount }) => `${mount.slice(mount.lastIndexOf('/') + 1)} 3000`);
  const lines = await attack("max='1000000' depth='1000' named='writable'");
  expect(lines).toEqual(['deep 50 none', 'beside 3000 none', ...named]);
});
