/** How many cgroups a container may make, and in which hierarchies: the kernel charges them to no container. */
import type { CgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import { planCgroups } from '../../../../lib/plan/cgroups/cgroups';
import type { CgroupPlan } from '../../../../lib/plan/cgroups/cgroups';
import { parse } from '../../domain/parse-context';
import { layouts } from '../plan-context';

interface Asked {
  readonly init?: string;
  readonly ids?: 'own' | 'host';
  /** Attributes of `<tslxc:cgroups>`. */
  readonly cgroups?: string;
}

const range = (kind: string): string => `<${kind} start='0' target='300000' count='65536'/>`;

function planned(
  layout: CgroupLayout,
  { init = '/bin/sh', ids = 'own', cgroups }: Asked,
): CgroupPlan {
  const metadata =
    cgroups === undefined
      ? ''
      : `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:cgroups ${cgroups}/></t:container></metadata>`;
  const map = ids === 'own' ? `<idmap>${range('uid')}${range('gid')}</idmap>` : '';
  const definition = parse(
    `<domain type='lxc'><name>test</name><memory>1024</memory>${metadata}${map}
    <os><type>exe</type><init>${init}</init></os></domain>`,
  );
  return planCgroups(definition, layout, { root: '/' });
}

/** What is written to limit them, by file. */
function limits({ steps }: CgroupPlan): Record<string, string> {
  const writes = steps.flatMap((step) => (step.step === 'write' ? [step] : []));
  return Object.fromEntries(
    writes
      .filter(({ path }) => path.includes('cgroup.max.'))
      .map(({ path, value }) => [path, value]),
  );
}

const { v1, v2, hybrid } = layouts;
const liftable: CgroupLayout = { ...v2, unified: { ...v2.unified, limits: 'liftable' } };

test.each([
  ['v2', v2, '/sys/fs/cgroup/libvirt/lxc/test', ['2000', '32']],
  [
    'v2 where the processes are one level below',
    liftable,
    '/sys/fs/cgroup/libvirt/lxc/test',
    ['2001', '33'],
  ],
  ['hybrid', hybrid, '/sys/fs/cgroup/unified/libvirt/lxc/test', ['2000', '32']],
] as const)('%s limits their number and depth', (...row) => {
  const [, layout, path, [descendants, depth]] = row;
  for (const ids of ['own', 'host'] as const) {
    expect(limits(planned(layout, { ids }))).toEqual({
      [`${path}/cgroup.max.descendants`]: descendants,
      [`${path}/cgroup.max.depth`]: depth,
    });
  }
});

test('the element sets both, and v1 has none', () => {
  const cgroups = "max='0' depth='3'";
  expect(Object.values(limits(planned(hybrid, { cgroups })))).toEqual(['0', '3']);
  expect(limits(planned(v1, { cgroups }))).toEqual({});
});

/** Whether the container can make cgroups in systemd's hierarchy: it is mounted writable, and belongs to its root. */
function namedAccess(plan: CgroupPlan): string {
  const mount = plan.mounts.find(({ source }) => source.includes('/systemd/'));
  const isOwned = plan.steps.some(
    (step) => step.step === 'own' && step.path.startsWith('/sys/fs/cgroup/systemd/'),
  );
  return `${mount?.access ?? 'missing'}${isOwned ? ', owned' : ''}`;
}

test.each<[string, CgroupLayout, Asked, string]>([
  ['own ids', hybrid, {}, 'readOnly'],
  ['own ids on v1', v1, {}, 'readOnly'],
  ['systemd with own ids, which uses v2', hybrid, { init: '/lib/systemd/systemd' }, 'readOnly'],
  ['systemd with own ids on v1', v1, { init: '/lib/systemd/systemd' }, 'readWrite, owned'],
  ['/sbin/init with own ids on v1', v1, { init: '/sbin/init' }, 'readWrite, owned'],
  ['another program of that folder', v1, { init: '/lib/systemd/systemd-udevd' }, 'readOnly'],
  ['own ids, when asked for', hybrid, { cgroups: "named='writable'" }, 'readWrite, owned'],
  ['systemd, when asked for', v1, { init: '/sbin/init', cgroups: "named='readonly'" }, 'readOnly'],
  ['ids of the host', hybrid, { ids: 'host' }, 'readWrite'],
  [
    'ids of the host, when asked for',
    hybrid,
    { ids: 'host', cgroups: "named='readonly'" },
    'readOnly',
  ],
])('the hierarchy without controllers with %s', (...row) => {
  const [, layout, asked, access] = row;
  expect(namedAccess(planned(layout, asked))).toBe(access);
});
