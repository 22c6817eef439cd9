/** /proc, /sys and the cgroup trees of the container, and the parts of them that are hidden or read-only. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import type { CgroupMount } from './cgroup-mounts';
import { mountAttributes, privatePropagation } from '../constants';
import { planView } from './container-view';
import type { ContainerViewFacts } from './container-view';
import { cover } from './cover';
import { hasUserNamespace } from '../process/id-map';
import { maskedInProc, maskedInSys, readonlyInProc } from './masked-paths';
import { networkMode } from '../process/namespaces';
import type { Operation } from '../operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;
const restricted = nosuid | nodev | noexec;

export interface KernelMountFacts extends ContainerViewFacts {
  readonly hardening: Confinement;
  readonly cgroups: { readonly mounts: readonly CgroupMount[] };
  /** Paths below /sys that are masked too, because of this host's hardware. */
  readonly maskedHardware: readonly string[];
  /** Whether the host has a selinuxfs. */
  readonly selinuxfs?: boolean;
}

/**
 * Whether init can't mount its own sysfs. A sysfs shows the network namespace of the process that mounts it, which must
 * own that namespace: a container with a user namespace, but without its own network, gets the host's /sys, or one that
 * was made in the shared namespace.
 */
function hasOutsideSys(definition: DomainDefinition): boolean {
  return hasUserNamespace(definition) && networkMode(definition) !== 'private';
}

/** Opens /sys before the clone, without the file systems that are mounted below it on the host. */
export function planOutsideSys(definition: DomainDefinition): Operation[] {
  if (!hasOutsideSys(definition) || networkMode(definition) === 'shared') return [];
  return [
    { op: 'openTree', tree: 'sys', path: '/sys', depth: 'single', automount: 'leave' },
    {
      op: 'setTreeAttributes',
      tree: 'sys',
      set: restricted | readonly,
      clear: 0,
      propagation: privatePropagation,
      depth: 'single',
    },
  ];
}

/** Runs in the container's new root. Mounts are made read-only last, so that those before can still be made. */
export function planKernelMounts(
  definition: DomainDefinition,
  facts: KernelMountFacts,
): Operation[] {
  const hardened = facts.hardening === 'hardened';
  return [
    filesystem('proc', 'proc', restricted),
    attach('proc', '/proc'),
    ...planView(facts),
    ...(hasOutsideSys(definition) ? [] : [filesystem('sys', 'sysfs', restricted | readonly)]),
    attach('sys', '/sys'),
    ...planCgroupMounts(facts.cgroups.mounts),
    ...planSelinuxfs(definition, facts),
    ...(hardened ? planMasks(facts.maskedHardware) : []),
    ...planReadonlyProc(definition, hardened ? readonlyInProc : ['sys']),
  ];
}

/**
 * Mounts selinuxfs read-only, as libvirt does: libselinux then treats SELinux as off, so no program in the container tries
 * to set labels. A user namespace can't mount it, and goes without.
 */
function planSelinuxfs(
  definition: DomainDefinition,
  { selinuxfs = false }: KernelMountFacts,
): Operation[] {
  if (!selinuxfs || hasUserNamespace(definition)) return [];
  return [
    filesystem('selinux', 'selinuxfs', restricted | readonly),
    { op: 'attachTree', tree: 'selinux', root: 'sys', path: 'fs/selinux', missing: 'skip' },
  ];
}

function planMasks(hardware: readonly string[]): Operation[] {
  return [
    ...maskedInProc.map(([path, kind]) => cover('proc', path, kind)),
    ...maskedInSys.map(([path, kind]) => cover('sys', path, kind)),
    ...hardware.map((path) => cover('sys', path, 'directory')),
  ];
}

/** Mounts each part of /proc over itself, read-only. A container with its own network may set that network's parameters. */
function planReadonlyProc(definition: DomainDefinition, paths: readonly string[]): Operation[] {
  const net = networkMode(definition) === 'private';
  return [
    ...(net
      ? [
          {
            op: 'cloneTree',
            tree: 'procNet',
            root: 'proc',
            path: 'sys/net',
            depth: 'single',
          } as const,
        ]
      : []),
    ...paths.map((path): Operation => ({
      op: 'protectPath',
      root: 'proc',
      path,
      set: restricted | readonly,
      missing: 'skip',
    })),
    ...(net
      ? [
          {
            op: 'attachTree',
            tree: 'procNet',
            root: 'proc',
            path: 'sys/net',
            missing: 'fail',
          } as const,
        ]
      : []),
  ];
}

/**
 * Opens, before the clone and with the host's rights, what the container sees of each hierarchy: clones of the host's
 * mounts. A new mount of v1 would have the same file system, but the kernel walks all cgroups of the host's v2 tree
 * first (Linux 6.18, `cgroup1_get_tree`), so that each container would make the start of all later ones slower.
 */
export function planCgroupTrees(mounts: readonly CgroupMount[]): Operation[] {
  return mounts.flatMap(({ path, source, access }): Operation[] => [
    {
      op: 'openTree',
      tree: cgroupTree(path),
      path: source,
      depth: 'single',
      automount: 'leave',
    },
    {
      op: 'setTreeAttributes',
      tree: cgroupTree(path),
      set: restricted | (access === 'readOnly' ? readonly : 0),
      clear: 0,
      propagation: privatePropagation,
      depth: 'single',
    },
  ]);
}

const cgroupTree = (path: string): string => `cgroup:${path}`;

/** Attaches the trees of all hierarchies. Each is the root of the container's cgroup namespace. */
function planCgroupMounts(mounts: readonly CgroupMount[]): Operation[] {
  const nested = mounts.filter(({ path }) => path !== '');
  return [
    ...mounts.filter(({ path }) => path === '').map((mount) => attachCgroup(mount, topOfCgroups)),
    ...(nested.length === 0
      ? []
      : [
          {
            op: 'makeFilesystem',
            tree: 'cgroups',
            type: 'tmpfs',
            options: ['source=tmpfs', 'mode=755', 'size=65536'],
            attributes: restricted,
          } as const,
          { op: 'attachTree', tree: 'cgroups', ...topOfCgroups, missing: 'fail' } as const,
        ]),
    ...nested.flatMap((mount) => [
      { op: 'makeDirectory', tree: 'cgroups', path: mount.path, mode: 0o755 } as const,
      attachCgroup(mount, { root: 'cgroups', path: mount.path }),
      ...mount.aliases.map((alias): Operation => ({
        op: 'makeSymlink',
        tree: 'cgroups',
        path: alias,
        target: mount.path,
      })),
    ]),
  ];
}

const topOfCgroups = { root: 'sys', path: 'fs/cgroup' } as const;

function attachCgroup(
  { path }: CgroupMount,
  place: Readonly<{ root: string; path: string }>,
): Operation {
  return { op: 'attachTree', tree: cgroupTree(path), ...place, missing: 'fail' };
}

function filesystem(tree: string, type: string, attributes: number): Operation {
  return { op: 'makeFilesystem', tree, type, options: [`source=${type}`], attributes };
}

function attach(tree: string, path: string): Operation {
  return { op: 'attachTree', tree, root: 'root', path, missing: 'makeDirectory' };
}
