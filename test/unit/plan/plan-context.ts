/** A fixed host for compiling plans, so that each definition gives one plan. Nothing is read from this machine. */
import { previewNames } from '../../../lib/container/interfaces/link-numbers';
import { resolveLinks } from '../../../lib/container/interfaces/links';
import type { ResolvedLinks } from '../../../lib/container/interfaces/links';
import type { CgroupLayout } from '../../../lib/host/kernel/cgroup-layout';
import type { DomainDefinition } from '../../../lib/domain/definition';
import type { Privileges } from '../../../lib/host/security/privileges';
import { planCgroups } from '../../../lib/plan/cgroups/cgroups';
import type { CgroupPlan } from '../../../lib/plan/cgroups/cgroups';
import { compilePlan } from '../../../lib/plan/compile';
import type { PlanFacts } from '../../../lib/plan/compile';
import type { Link as HostLink } from '../../../lib/host/native';
import type { Port } from '../../../lib/plan/network/links';
import type { Plan } from '../../../lib/plan/plan';
import { rootIdentity } from '../../../lib/plan/process/process';

const v1: CgroupLayout = {
  hierarchies: [
    { controllers: ['cpu', 'cpuacct'], mount: '/sys/fs/cgroup/cpu,cpuacct' },
    { controllers: ['cpuset'], mount: '/sys/fs/cgroup/cpuset' },
    { controllers: ['memory'], mount: '/sys/fs/cgroup/memory' },
    { controllers: ['devices'], mount: '/sys/fs/cgroup/devices' },
    { controllers: ['blkio'], mount: '/sys/fs/cgroup/blkio' },
    { controllers: ['pids'], mount: '/sys/fs/cgroup/pids' },
    { controllers: ['name=systemd'], mount: '/sys/fs/cgroup/systemd' },
  ],
  cpuset: { cpus: '0-3', mems: '0' },
  weightFiles: ['blkio.bfq.weight'],
};

/** The three ways in which hosts have their cgroups. */
export const layouts = {
  v1,
  v2: {
    hierarchies: [],
    unified: {
      mount: '/sys/fs/cgroup',
      controllers: ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma', 'misc'],
    },
    cpuset: { cpus: '0-3', mems: '0' },
    weightFiles: ['io.weight', 'io.bfq.weight'],
  },
  hybrid: { ...v1, unified: { mount: '/sys/fs/cgroup/unified', controllers: [] } },
} as const satisfies Record<string, CgroupLayout>;

export type LayoutName = keyof typeof layouts;

/** Of a service with all of root's power and systemd's limits. */
export const rootPrivileges: Privileges = {
  boundingSet: (1n << 41n) - 1n,
  hardLimits: { nofile: 524_288n, memlock: 8_388_608n, sigpending: 96_001n },
  oomScoreAdjust: 0,
};

/** An interface of the fixed host. */
export function hostLink(fields: Partial<HostLink> & Pick<HostLink, 'name' | 'index'>): HostLink {
  const none = { rxBytes: 0n, rxPackets: 0n, rxErrors: 0n, rxDropped: 0n };
  return {
    kind: '',
    address: `00:16:3e:00:00:0${fields.index}`,
    mtu: 1500,
    master: 0,
    parent: 0,
    up: true,
    carrier: true,
    vlanFiltering: false,
    alternativeNames: [],
    statistics: { ...none, txBytes: 0n, txPackets: 0n, txErrors: 0n, txDropped: 0n },
    ...fields,
  };
}

export const hostLinks: readonly HostLink[] = [
  hostLink({ index: 1, name: 'lo', address: '00:00:00:00:00:00', mtu: 65536 }),
  hostLink({ index: 2, name: 'enp1s0' }),
  hostLink({ index: 3, name: 'enp2s0' }),
  hostLink({ index: 4, name: 'enp3s0', alternativeNames: ['enx00163e000004'] }),
  hostLink({ index: 5, name: 'br0', kind: 'bridge' }),
  hostLink({ index: 6, name: 'br1', kind: 'bridge', vlanFiltering: true, mtu: 1400 }),
  hostLink({ index: 7, name: 'vnet1000', kind: 'veth', address: 'fe:54:00:00:00:99', master: 6 }),
];

/** What the definition's interfaces are on the fixed host. @throws as `lookUpLinks`. */
export function linksOf(definition: DomainDefinition, found = hostLinks): ResolvedLinks {
  const ports = definition.interfaces.map((one): Port => {
    switch (one.type) {
      case 'direct':
        return { kind: 'direct', device: one.device, mode: one.mode };
      case 'ethernet':
        return { kind: 'free' };
      case 'bridge':
        return {
          kind: 'bridge',
          bridge: one.bridge,
          ...(one.virtualPort === undefined ? {} : { virtualPort: one.virtualPort }),
        };
      case 'network':
        return { kind: 'bridge', bridge: 'br0', network: one.network };
    }
  });
  return resolveLinks(found, { definition, ports, names: { choose: previewNames(), taken: [] } });
}

export interface CompileOptions {
  readonly layout?: LayoutName;
  readonly facts?: Partial<PlanFacts>;
}

export function compile(
  definition: DomainDefinition,
  options: CompileOptions = {},
): { plan: Plan; cgroups: CgroupPlan } {
  const facts = planFacts(definition, options);
  return { plan: compilePlan(definition, facts), cgroups: facts.cgroups };
}

/** What the fixed host says besides the definition. */
export function planFacts(
  definition: DomainDefinition,
  { layout = 'hybrid', facts = {} }: CompileOptions = {},
): PlanFacts {
  const cgroups = planCgroups(definition, layouts[layout], {
    root: '/var/tmp/root',
    blockNumbers: new Map([['/dev/vda', '254:0']]),
  });
  return {
    hardening: 'hardened',
    arch: 'x86_64',
    privileges: rootPrivileges,
    maskedHardware: ['devices/system/cpu/cpu0/thermal_throttle'],
    sources: new Map([['/srv/motd', 'file']]),
    images: new Map([
      ['/srv/root.squashfs', 'squashfs'],
      ['/srv/data.img', 'ext4'],
      ['/dev/vdb', 'xfs'],
      ['/srv/disk.qcow2', 'ext4'],
    ]),
    served: new Map([['/served', '/dev/nbd0']]),
    hidden: ['/etc/tslxc', '/run/tslxc', '/var/log/tslxc', '/var/lib/tslxc'],
    boot: '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
    runDirectory: `/run/tslxc/lxc/${definition.name}`,
    cgroups,
    devices: [],
    procFiles: [],
    sharedNamespaces: [],
    links: facts.links ?? linksOf(definition).links,
    identity: rootIdentity,
    consoleLog: { directory: '/var/log/tslxc/lxc', file: 'hello.console.log' },
    reap: {
      program: '/usr/bin/node',
      argv: ['node', '/usr/lib/tslxc/dist/cli/main.js', 'reap', definition.name],
      environment: ['PATH=/bin', 'TSLXC_ROOT=/'],
    },
    deadline: 30_000,
    consoleDescriptors: 0,
    passDescriptors: 0,
    ...facts,
  };
}
