/**
 * `<resource><partition>`: containers in a cgroup of its own, which is made for the first and goes with the last; one that
 * the administrator has made stays, with its limits.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { sendSignal } from '../support/process/send-signal';

const { hierarchies, unified } = hostFacts().cgroups;
const mounts = [...hierarchies.map(({ mount }) => mount), ...(unified ? [unified.mount] : [])];
const mountOf = (controller: string): string =>
  hierarchies.find(({ controllers }) => controllers.includes(controller))?.mount ??
  unified?.mount ??
  '';

const world = containerTest(rootAndConnection);

function define(name: string, partition: string, elements = ''): Promise<Domain> {
  const resource = `<resource><partition>${partition}</partition></resource>`;
  return world.connection.defineDomain(domainXml({ name, elements: `${resource}${elements}` }));
}

const existing = (folder: string): number =>
  mounts.filter((mount) => existsSync(`${mount}/${folder}`)).length;

test('it is made for the first container and removed with the last, in every hierarchy', async () => {
  const [one, two] = [await define('one', '/machine/prod'), await define('two', '/machine/prod')];
  await Promise.all([one.start(), two.start()]);
  const folder = 'libvirt/machine/prod.partition';
  expect(existing(folder)).toBe(mounts.length);
  expect(existing(`${folder}/one.libvirt-lxc`)).toBe(mounts.length);
  expect(await one.xml()).toContain('<partition>/machine/prod</partition>');
  expect(await inside(one, 'echo $((6 * 7))')).toBe('42\n');
  expect((await one.info()).cpuTime).toBeGreaterThan(0n);
  await one.setProcessLimit(50);
  expect(await one.getProcessLimit()).toBe(50);
  await one.destroy();
  expect(existing(folder)).toBe(mounts.length);
  await two.destroy();
  expect(existing('libvirt/machine')).toBe(0);
});

test('statistics of a container in one are its own, as the kernel’s files there have them', async () => {
  const folder = 'libvirt/machine/prod.partition/counted.libvirt-lxc';
  const domain = await define('counted', '/machine/prod');
  const neighbour = await define('neighbour', '/machine/prod');
  await Promise.all([domain.start(), neighbour.start()]);
  await inside(
    domain,
    'sleep 1000 & sleep 1000 & i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done',
  );
  const { memory, pids } = await domain.stats();
  const read = (controller: string, ...names: readonly string[]): string => {
    const at = names.map((name) => `${mountOf(controller)}/${folder}/${name}`);
    return readFileSync(at.find((path) => existsSync(path)) ?? '', 'latin1').trim();
  };
  expect(pids?.current).toBe(3);
  expect(read('pids', 'pids.current')).toBe('3');
  expect((await neighbour.stats()).pids?.current).toBe(1);
  // Pages are counted in batches, and those of a process that has ended a while after: one of the looks finds them at rest.
  await eventually(async () => {
    const told = (await domain.stats()).memory?.usage ?? 0;
    const usage = Number(read('memory', 'memory.usage_in_bytes', 'memory.current'));
    expect(Math.abs(told - usage)).toBeLessThan(0.05 * usage);
  });
  expect(memory?.limit).toBe(Number(read('memory', 'memory.limit_in_bytes', 'memory.max')));
  // The shell that has been asked may still have its prompt to show.
  await eventually(async () => {
    const total = Number((await domain.stats()).cpu?.total);
    const text = read('cpuacct', 'cpuacct.usage', 'cpu.stat');
    const used = Number(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? Number(text) / 1000) * 1000;
    expect(total).toBeGreaterThan(0);
    expect(Math.abs(total - used)).toBeLessThan(0.05 * used);
  });
  await Promise.all([domain.destroy(), neighbour.destroy()]);
});

test('one that the administrator has made stays, and its CPUs are those of the containers in it', async () => {
  const mount = mountOf('cpuset');
  const own = `${mount}/libvirt/own.partition`;
  mkdirSync(own);
  try {
    writeFileSync(`${own}/cpuset.cpus`, '0');
    if (hierarchies.length > 0) writeFileSync(`${own}/cpuset.mems`, '0');
    const domain = await define('owned', '/own');
    await domain.start();
    expect(await inside(domain, 'grep Cpus_allowed_list /proc/self/status')).toBe(
      'Cpus_allowed_list:\t0\n',
    );
    await expect(domain.setCpuset('1')).rejects.toMatchObject({ code: 'INVALID_ARG' });
    await domain.destroy();
    expect(readFileSync(`${own}/cpuset.cpus`, 'latin1')).toBe('0\n');
    expect(existing('libvirt/own.partition')).toBe(1);
  } finally {
    // The kernel lets go of what was below it a moment later.
    await eventually(() => rmdirSync(own));
  }
});

test('after a start that fails, and after one whose container is lost, it is gone', async () => {
  const failing = await world.connection.defineDomain(
    domainXml({
      name: 'failing',
      init: '/nowhere/init',
      elements: '<resource><partition>/failing</partition></resource>',
    }),
  );
  await expect(failing.start()).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
  expect(existing('libvirt/failing.partition')).toBe(0);
  const lost = await define('lost', '/lost');
  await lost.start({ ownership: 'leave' });
  sendSignal(lost.id, 'SIGKILL');
  await lost.wait();
  expect(await lost.state()).toMatchObject({ state: 'shutoff' });
  expect(existing('libvirt/lost.partition')).toBe(0);
});

test('sixteen starts and ends of containers in one partition never meet it half removed', async () => {
  const domains = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => define(`part-${name}`, '/busy/deep')),
  );
  await Promise.all(
    domains.map(async (domain) => {
      for (let round = 0; round < 4; round++) {
        await domain.start();
        await domain.destroy();
      }
    }),
  );
  expect(existing('libvirt/busy.partition')).toBe(0);
});

test('a path that is none is refused, with its place', async () => {
  const domain = await define('wrong', 'machine');
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/resource/partition',
    message: expect.stringContaining("'machine' must start with '/'") as unknown,
  });
});
