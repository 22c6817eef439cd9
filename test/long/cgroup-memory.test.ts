/** What the cgroups that a container with own ids makes cost the host: unswappable memory that no container is charged for. */
import { readFileSync } from 'node:fs';
import { idMapXml } from '../support/domain/mapped-domain';
import { TestDomain } from '../support/domain/test-domain';
import { containerTest, nothing } from '../support/world/container-test';

containerTest(nothing);

/** Tries to make so many cgroups below its own of cgroup v2, and prints how many there are. */
const script = `
import os, sys
top = '/sys/fs/cgroup'
unified = next(path for path in (top + '/unified', top) if os.path.exists(path + '/cgroup.controllers'))
made = 0
for number in range(int(sys.argv[1])):
    try:
        os.mkdir(f'{unified}/c{number}')
        made += 1
    except OSError:
        pass
print(made)
`;

/** MiB of the host that can't be reclaimed. */
function unreclaimable(): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
  return (field('SUnreclaim') + field('Percpu')) / 1024;
}

async function growth(count: number, element = ''): Promise<{ made: number; grown: number }> {
  await using container = await TestDomain.make({
    name: 'cgroup-memory',
    memory: 262_144,
    init: '/bin/sleep',
    initArguments: ['1000'],
    elements: `${element}${idMapXml()}`,
  });
  await container.start();
  const before = unreclaimable();
  const { stdout } = await container.domain.exec(['python3', '-c', script, String(count)]);
  return { made: Number(stdout), grown: unreclaimable() - before };
}

test('a million tries leave the host’s unreclaimable memory where it was, within 50 MiB', async () => {
  const { made, grown } = await growth(1_000_000);
  expect(made).toBe(2000);
  expect(grown).toBeLessThan(50);
});

test('control: 20,000 cgroups cost more than that', async () => {
  const many = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:cgroups max='20000'/></t:container></metadata>`;
  const { made, grown } = await growth(20_000, many);
  expect(made).toBe(20_000);
  expect(grown).toBeGreaterThan(100);
});
