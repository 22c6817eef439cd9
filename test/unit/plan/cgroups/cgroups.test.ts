/** The cgroups of a container: their names, what a host must have, and what is written where. */
import { readdirSync } from 'node:fs';
import { readCgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import type { CgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import { checkPartition } from '../../../../lib/domain/tuning/partition';
import { planBaseCgroups, planPartition } from '../../../../lib/plan/cgroups/base';
import { cgroupName, containerFolder } from '../../../../lib/plan/cgroups/names';
import { planCgroups } from '../../../../lib/plan/cgroups/cgroups';
import { document, parse } from '../../domain/parse-context';
import { layouts } from '../plan-context';

const definition = parse(document({}));

describe('the name of a cgroup', () => {
  test.each(['web', 'web.1', 'cpu', 'memory', 'a.cpu.shares', 'iox.1', 'Tasks', 'x_y', 'cgroupx'])(
    '%s stays as it is',
    (name) => expect(cgroupName(name)).toBe(name),
  );

  test.each([
    ...['tasks', 'notify_on_release', 'release_agent', 'cgroup.procs', 'cgroup.kill', 'cpu.max'],
    ...['cpuacct.usage', 'cpuset.cpus', 'memory.max', 'devices.allow', 'freezer.state', 'io.max'],
    ...['blkio.weight', 'pids.max', 'hugetlb.2MB.max', 'net_cls.classid', 'net_prio.ifpriomap'],
    ...['perf_event.x', 'rdma.max', 'misc.max', 'irq.pressure', 'debug.taskcount', '.hidden'],
  ])('%s gets a _ in front, since the kernel may have a file of that name', (name) => {
    expect(cgroupName(name)).toBe(`_${name}`);
  });

  test('no two domains share one', () => {
    const names = ['tasks', '_tasks', '__tasks', 'cpu.max', '_cpu.max', '.a', '_.a', 'a'];
    expect(new Set(names.map(cgroupName)).size).toBe(names.length);
  });

  test('no file that this kernel has in a cgroup keeps its name', () => {
    const { hierarchies, unified } = readCgroupLayout();
    const mounts = [...hierarchies, ...(unified ? [unified] : [])].map(({ mount }) => mount);
    const files = mounts.flatMap((mount) =>
      readdirSync(mount, { withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [entry.name] : [],
      ),
    );
    expect(files).toContain('cgroup.procs');
    expect(files.filter((name) => cgroupName(name) === name)).toEqual([]);
  });
});

describe('what a host must have', () => {
  const without = (layout: CgroupLayout, controller: string): CgroupLayout => ({
    hierarchies: layout.hierarchies.map(({ controllers, mount }) => ({
      controllers: controllers.filter((name) => name !== controller),
      mount,
    })),
    ...(layout.unified
      ? {
          unified: {
            ...layout.unified,
            controllers: layout.unified.controllers.filter((name) => name !== controller),
          },
        }
      : {}),
  });

  test.each([
    ['v1', 'cpuacct'],
    ['v1', 'devices'],
    ['v1', 'memory'],
    ['hybrid', 'memory'],
    ['v2', 'cpu'],
  ] as const)('a %s host without %s is refused by its name', (layout, controller) => {
    expect(() =>
      planCgroups(definition, without(layouts[layout], controller), { root: '/' }),
    ).toThrow(`Unable to find '${controller}' cgroups controller mount`);
  });

  test('a v2 host needs no devices controller: a program filters', () => {
    const { steps, unified } = planCgroups(definition, layouts.v2, { root: '/' });
    expect(steps).toContainEqual(expect.objectContaining({ step: 'devices', path: unified }));
  });

  test('a host without any hierarchy is refused', () => {
    expect(() => planCgroups(definition, { hierarchies: [] }, { root: '/' })).toThrow(
      /Unable to find/,
    );
  });
});

test('in a v1 hierarchy with limits a container is below what has them, made when they are set', () => {
  const { steps, tasks } = planCgroups(definition, layouts.v1, { root: '/' });
  const own = '/sys/fs/cgroup/devices/libvirt/lxc/test';
  const made = steps.findIndex((step) => step.step === 'make' && step.path === `${own}/init`);
  expect(steps.slice(made).some((step) => step.step === 'write' && /devices/.test(step.path))).toBe(
    false,
  );
  expect(tasks).toEqual([
    '/sys/fs/cgroup/cpu,cpuacct/libvirt/lxc/test/init/tasks',
    '/sys/fs/cgroup/cpuset/libvirt/lxc/test/init/tasks',
    '/sys/fs/cgroup/memory/libvirt/lxc/test/init/tasks',
    `${own}/init/tasks`,
    '/sys/fs/cgroup/blkio/libvirt/lxc/test/tasks',
    '/sys/fs/cgroup/pids/libvirt/lxc/test/init/tasks',
    '/sys/fs/cgroup/systemd/libvirt/lxc/test/tasks',
  ]);
});

test('a cpuset that is mounted with a limit is filled below it too', () => {
  const hierarchies = [{ controllers: ['cpuset', 'memory'], mount: '/m' }];
  const both = { hierarchies: [...layouts.v1.hierarchies.slice(0, 1), ...hierarchies] };
  const layout = {
    ...layouts.v1,
    hierarchies: [...both.hierarchies, ...layouts.v1.hierarchies.slice(3)],
  };
  const { steps } = planCgroups(definition, layout, { root: '/' });
  const path = '/m/libvirt/lxc/test/init/cpuset.cpus';
  expect(steps).toContainEqual({ step: 'write', path, value: '0-3' });
});

describe('the directories of a container', () => {
  test.each(['v1', 'v2', 'hybrid'] as const)(
    'on %s each is made in its order, and marked at once',
    (name) => {
      const { steps, directories } = planCgroups(definition, layouts[name], {
        root: '/var/tmp/mine',
      });
      const mark = { step: 'mark', name: 'trusted.tslxc.root', value: '/var/tmp/mine' };
      expect(steps.slice(0, 2 * directories.length)).toEqual(
        directories.flatMap((path) => [
          { step: 'make', path, existing: 'exclusive' },
          { ...mark, path },
        ]),
      );
    },
  );

  test('each is made, and only by this start', () => {
    const { steps, directories } = planCgroups(definition, layouts.hybrid, { root: '/' });
    const made = steps.flatMap((step) => (step.step === 'make' ? [step] : []));
    const limited = directories.filter((path) => !/\/(?:blkio|systemd|unified)\//.test(path));
    expect(limited).toHaveLength(5);
    expect(made.map(({ path }) => path)).toEqual([
      ...directories,
      ...limited.map((path) => `${path}/init`),
    ]);
    expect(made.every(({ existing }) => existing === 'exclusive')).toBe(true);
  });

  test('devices are refused before any is allowed', () => {
    const { steps } = planCgroups(definition, layouts.v1, { root: '/' });
    const writes = steps.flatMap((step) =>
      step.step === 'write' && step.path.includes('/devices.')
        ? [`${step.path.split('.').pop() ?? ''} ${step.value}`]
        : [],
    );
    expect(writes[0]).toBe('deny a');
    expect(writes.slice(1).every((write) => write.startsWith('allow c '))).toBe(true);
    expect(writes).toContain('allow c 136:* rwm');
  });
});

describe('with the capability mknod on', () => {
  const features = '<features><capabilities><mknod/></capabilities></features>';
  const making = parse(document({ elements: features }));

  test('any node may be made, and no more of them opened, on v1 and v2', () => {
    const v1 = planCgroups(making, layouts.v1, { root: '/' }).steps.flatMap((step) =>
      step.step === 'write' && step.path.endsWith('/devices.allow') ? [step.value] : [],
    );
    expect(v1).toEqual(expect.arrayContaining(['b *:* m', 'c *:* m', 'c 1:3 rwm']));
    expect(v1.filter((line) => /^[ab]|\*:\*/.test(line))).toEqual(['b *:* m', 'c *:* m']);
    const v2 = planCgroups(making, layouts.v2, { root: '/' }).steps.find(
      ({ step }) => step === 'devices',
    );
    expect(v2).toMatchObject({
      rules: expect.arrayContaining([
        { type: 'b', major: -1, minor: -1, access: 'm' },
        { type: 'c', major: -1, minor: -1, access: 'm' },
      ]) as unknown,
    });
  });
});

describe('a partition', () => {
  const partitioned = (path: string, name = 'web'): string =>
    containerFolder({ name, partition: { path, position: { line: 1, column: 1 } } });

  test.each([
    ['/machine', 'libvirt/machine/web.libvirt-lxc'],
    ['/machine/prod', 'libvirt/machine/prod.partition/web.libvirt-lxc'],
    ['/prod//x.slice/', 'libvirt/prod.partition/x.slice/web.libvirt-lxc'],
    ['/lxc', 'libvirt/lxc.partition/web.libvirt-lxc'],
    ['/cpu/user', 'libvirt/_cpu.partition/user.partition/web.libvirt-lxc'],
    ['/', 'libvirt/web.libvirt-lxc'],
  ])('%s is %s', (path, folder) => expect(partitioned(path)).toBe(folder));

  test('a container in it is never where a partition could be', () => {
    expect(partitioned('/machine', 'prod.partition')).toBe(
      'libvirt/machine/prod.partition.libvirt-lxc',
    );
  });

  test.each(['machine', '/a/../b', '/./a', '/a.libvirt-lxc/b', '/a\nb', `/${'x'.repeat(201)}`])(
    '%j is refused at a start',
    (path) => {
      const partition = { path, position: { line: 3, column: 4 } };
      expect(() => checkPartition({ partition })).toThrow(/partition/);
    },
  );

  test('on v1 and v2 it is made from the top, filled, and marked', () => {
    const v1 = planPartition(layouts.v1, 'libvirt/machine');
    expect(v1).toContainEqual({
      step: 'write',
      path: '/sys/fs/cgroup/cpuset/libvirt/machine/cpuset.cpus',
      value: '0-3',
    });
    expect(planPartition(layouts.v2, 'libvirt/machine')).toEqual([
      { step: 'make', path: '/sys/fs/cgroup/libvirt/machine', existing: 'shared' },
      {
        step: 'mark',
        path: '/sys/fs/cgroup/libvirt/machine',
        name: 'trusted.tslxc.partition',
        value: 'made',
      },
    ]);
  });
});

describe('a v2 tree whose namespaces could lift limits', () => {
  const { unified } = layouts.v2;
  const liftable = { ...layouts.v2, unified: { ...unified, limits: 'liftable' as const } };

  test('has the container below what has the limits', () => {
    const plan = planCgroups(definition, liftable, { root: '/' });
    const own = '/sys/fs/cgroup/libvirt/lxc/test';
    expect(plan.unified).toBe(`${own}/init`);
    expect(plan.directories).toEqual([own]);
    expect(plan.steps).toContainEqual({
      step: 'write',
      path: `${own}/cgroup.subtree_control`,
      value: '+memory',
    });
    expect(plan.steps).toContainEqual(expect.objectContaining({ step: 'devices', path: own }));
    expect(plan.steps).toContainEqual(expect.objectContaining({ path: `${own}/memory.max` }));
  });
});

describe('what a host can not limit', () => {
  const refused = (elements: string, layout: CgroupLayout): unknown => {
    try {
      planCgroups(parse(document({ elements })), layout, { root: '/' });
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const pids =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:pids max='9'/></tslxc:container></metadata>";
  const bare: CgroupLayout = {
    hierarchies: layouts.v1.hierarchies.filter(
      ({ controllers }) => !['pids', 'blkio'].includes(controllers[0] ?? ''),
    ),
    cpuset: { cpus: '0-3', mems: '0' },
  };

  test.each([
    [pids, bare, 'domain/metadata/tslxc:container/tslxc:pids', 'pids'],
    ['<blkiotune><weight>100</weight></blkiotune>', bare, 'domain/blkiotune', "'io'"],
    ["<vcpu cpuset='7'>1</vcpu>", layouts.v1, 'domain/vcpu/@cpuset', 'there is no CPU 7, but 0-3'],
    [
      "<numatune><memory nodeset='1'/></numatune>",
      layouts.v2,
      'domain/numatune/memory/@nodeset',
      'there is no NUMA node 1, but 0',
    ],
    [
      '<blkiotune><weight>1001</weight></blkiotune>',
      layouts.v1,
      'domain/blkiotune',
      'must be in range [1, 1000]',
    ],
  ] as const)('%s', (...[elements, layout, element, words]) => {
    expect(refused(elements, layout)).toMatchObject({
      element,
      line: 5,
      message: expect.stringContaining(words) as unknown,
    });
  });
});

describe('the folders that all containers share', () => {
  test('on v2 controllers are switched on from the root down, and never for the monitors', () => {
    const steps = planBaseCgroups(layouts.v2);
    const enabled = steps.flatMap((step) =>
      step.step === 'write' ? [`${step.path} ${step.value}`] : [],
    );
    expect(enabled).toContain('/sys/fs/cgroup/cgroup.subtree_control +memory');
    expect(enabled).toContain('/sys/fs/cgroup/libvirt/lxc/cgroup.subtree_control +memory');
    expect(enabled.filter((line) => line.includes('tslxc-monitor'))).toEqual([]);
    expect(enabled.filter((line) => /rdma|misc/.test(line))).toEqual([]);
  });

  test('on v1 a cpuset is filled before anything can enter it', () => {
    const paths = planBaseCgroups(layouts.v1).map(({ path }) => path);
    const monitors = '/sys/fs/cgroup/cpuset/libvirt/tslxc-monitor';
    expect(paths.slice(paths.indexOf(monitors), paths.indexOf(monitors) + 3)).toEqual([
      monitors,
      `${monitors}/cpuset.cpus`,
      `${monitors}/cpuset.mems`,
    ]);
  });

  test('being there already is no error', () => {
    const made = planBaseCgroups(layouts.hybrid).flatMap((step) =>
      step.step === 'make' ? [step.existing] : [],
    );
    expect(new Set(made)).toEqual(new Set(['shared']));
  });
});
