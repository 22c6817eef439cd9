/** What the seed's hello world gets that its text does not show: environment, cgroups, memory limit. */
import { readFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { initOf } from '../support/world/container-traces';
import { inside } from '../support/domain/inside';
import { helloWorldXml } from '../support/domain/domain-xml';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const name = 'helloworld';

const world = containerTest(rootAndConnection);

async function startHelloWorld(): Promise<Domain> {
  const domain = await world.connection.defineDomain(helloWorldXml);
  await domain.start();
  return domain;
}

test('init’s environment is libvirt’s, byte for byte and in its order', async () => {
  const { uuid } = await startHelloWorld();
  const expected = [
    'PATH=/bin:/sbin',
    'TERM=linux',
    'container=lxc-libvirt',
    'HOME=/',
    `container_uuid=${uuid}`,
    `LIBVIRT_LXC_UUID=${uuid}`,
    'LIBVIRT_LXC_NAME=helloworld',
  ];
  const environment = readFileSync(`/proc/${await initOf(name)}/environ`);
  expect(environment.toString('latin1')).toBe(expected.map((line) => `${line}\0`).join(''));
});

test('init is in or below /libvirt/lxc/helloworld of every hierarchy, which it sees as /', async () => {
  const domain = await startHelloWorld();
  const lines = readFileSync(`/proc/${await initOf(name)}/cgroup`, 'latin1')
    .trim()
    .split('\n');
  const { hierarchies, unified } = hostFacts().cgroups;
  expect(lines).toHaveLength(hierarchies.length + (unified === undefined ? 0 : 1));
  for (const { controllers } of hierarchies) {
    // Out of reach of what limits it.
    const limiting = ['cpu', 'cpuset', 'devices', 'hugetlb', 'memory', 'pids'];
    const below = controllers.some((one) => limiting.includes(one)) ? '/init' : '';
    const suffix = `:${controllers.join(',')}:/libvirt/lxc/helloworld${below}`;
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^\\d+${suffix}$`)));
  }
  for (const line of lines)
    expect(line).toMatch(/^\d+:[^:]*:\/libvirt\/lxc\/helloworld(?:\/init)?$/);

  const seen = (await inside(domain, 'cat /proc/self/cgroup')).trim().split('\n');
  expect(seen).toEqual(lines.map((line) => line.replace(/\/libvirt.*/, '/')));
});

test('the memory limit is that of the definition', async () => {
  await startHelloWorld();
  const { hierarchies, unified } = hostFacts().cgroups;
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('memory'));
  const mount = v1?.mount ?? unified?.mount ?? '';
  const file = v1 === undefined ? 'memory.max' : 'memory.limit_in_bytes';
  const limit = readFileSync(`${mount}/libvirt/lxc/helloworld/${file}`, 'latin1');
  expect(limit.trim()).toBe(String(102400 * 1024));
});
