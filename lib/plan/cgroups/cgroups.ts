/** The cgroups of a container, as steps and paths: what is made, limited, joined and removed. Pure. */
import { DefinitionError, TslxcError } from '../../errors';
import type { DomainDefinition } from '../../domain/definition';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import type { CgroupStep } from '../../host/native';
import type { BlockNumbers } from '../limits/block-limits';
import { enableControllers, fillCpuset } from './base';
import { planMounts, type CgroupMount } from '../mounts/cgroup-mounts';
import { containerFolder, monitorFolder, ownerAttribute } from './names';
import { isNamed, mayWriteNamed } from './named-hierarchies';
import { cgroupPlaces, type CgroupPlace } from './places';
import { definedCpuset } from '../limits/cpuset-limits';
import { definedLimits } from '../limits/defined-limits';
import { filterDevices, listDevices } from './device-rules';
import { hostId } from '../process/id-map';
import { limitSteps } from '../limits/limit-write';

/** Controllers that libvirt's driver requires. On v2, cpu does the accounting, and a BPF program filters devices. */
const needed = { v1: ['cpuacct', 'devices', 'memory'], v2: ['cpu', 'memory'] };

export interface CgroupPlan {
  readonly steps: readonly CgroupStep[];
  /** The container's directories, in the order in which they are made. */
  readonly directories: readonly string[];
  /** `tasks` of the container in each v1 hierarchy. */
  readonly tasks: readonly string[];
  /** The directories that init is in. */
  readonly joined: readonly string[];
  /** The v2 directory that the container is in, or ''. */
  readonly unified: string;
  /** What resumes a paused container; undefined where none can be paused. */
  readonly thaw: { readonly file: string; readonly text: string } | undefined;
  /** `tasks` of the monitors' leaf in each v1 hierarchy. */
  readonly monitorTasks: readonly string[];
  /** The monitors' v2 directory, or ''. */
  readonly monitorUnified: string;
  readonly mounts: readonly CgroupMount[];
}

/** What planning needs besides the layout. */
export interface CgroupContext {
  /** The root of tslxc that owns the cgroups. */
  readonly root: string;
  /** Device numbers of the block devices that the definition limits. */
  readonly blockNumbers?: BlockNumbers;
}

/** @throws DefinitionError INTERNAL_ERROR if the host lacks a required controller; and as `definedLimits`. */
export function planCgroups(
  definition: DomainDefinition,
  layout: CgroupLayout,
  { root, blockNumbers = new Map() }: CgroupContext,
): CgroupPlan {
  requireControllers(layout);
  const places = cgroupPlaces(layout, containerFolder(definition));
  const v1 = places.filter(({ version }) => version === 'v1');
  const unified = places.find(({ version }) => version === 'v2');
  const directories = places.map(({ path }) => path);
  if (directories.length === 0)
    throw new TslxcError('INTERNAL_ERROR', 'no cgroup hierarchy is mounted');
  const limits = definedLimits(definition, places, { layout, blockNumbers });
  const limitsIn = (directory: string): CgroupStep[] =>
    limitSteps(limits.filter(({ path }) => path.slice(0, path.lastIndexOf('/')) === directory));
  const cpuset = definedCpuset(definition, layout.cpuset);
  const isWritable = mayWriteNamed(definition, places);
  return {
    steps: [
      ...directories.flatMap((path): CgroupStep[] => [
        { step: 'make', path, existing: 'exclusive' },
        { step: 'mark', path, name: ownerAttribute, value: root },
      ]),
      ...v1.flatMap((place) => [
        ...fillOwnCpuset(place, place.path, cpuset),
        ...limitsIn(place.path),
        ...listDevices(place, definition),
      ]),
      ...places.flatMap((place) => [
        ...makeInner(place, cpuset),
        ...(place.joined === place.path ? [] : limitsIn(place.joined)),
      ]),
      ...(unified === undefined ? [] : limitsIn(unified.path)),
      ...filterDevices(places, definition),
      ...v1
        .filter(({ controllers }) => isWritable && isNamed(controllers))
        .flatMap(({ joined }) => delegate(definition, joined, delegatedFiles.v1)),
      ...(unified === undefined ? [] : delegate(definition, unified.joined, delegatedFiles.v2)),
    ],
    directories,
    tasks: v1.map(({ joined }) => `${joined}/tasks`),
    joined: places.map(({ joined }) => joined),
    unified: unified?.joined ?? '',
    thaw: thawOf(places),
    ...monitorLeaf(layout),
    mounts: planMounts(places, isWritable ? 'readWrite' : 'readOnly'),
  };
}

/** As a resume does it: v2's freezer is used only without one of v1. */
function thawOf(places: readonly CgroupPlace[]): CgroupPlan['thaw'] {
  const v1 = places.find(({ controllers }) => controllers.includes('freezer'));
  if (v1 !== undefined) return { file: `${v1.path}/freezer.state`, text: 'THAWED' };
  const unified = places.find(({ version }) => version === 'v2');
  return unified && { file: `${unified.path}/cgroup.freeze`, text: '0' };
}

/** The cgroups of monitors and other processes that outlive their caller: `monitorTasks`, `monitorUnified` of a plan. */
export function monitorLeaf({
  hierarchies,
  unified,
}: CgroupLayout): Pick<CgroupPlan, 'monitorTasks' | 'monitorUnified'> {
  return {
    monitorTasks: hierarchies.map(({ mount }) => `${mount}/${monitorFolder}/tasks`),
    monitorUnified: unified ? `${unified.mount}/${monitorFolder}` : '',
  };
}

/** `cgroup.procs` of the same, for programs. */
export function lastingCgroups(layout: CgroupLayout): string[] {
  const { monitorTasks, monitorUnified } = monitorLeaf(layout);
  const folders = [...monitorTasks.map((path) => path.replace(/\/tasks$/, '')), monitorUnified];
  return folders.filter((path) => path !== '').map((path) => `${path}/cgroup.procs`);
}

/** Called after the limits are set: a cgroup inherits device rules only when it is made. */
function makeInner(
  { version, controllers, path, joined }: CgroupPlace,
  cpuset: CgroupLayout['cpuset'],
): CgroupStep[] {
  if (path === joined) return [];
  return [
    ...(version === 'v2' ? enableControllers(path, controllers) : []),
    { step: 'make', path: joined, existing: 'exclusive' },
    ...(version === 'v1' ? fillOwnCpuset({ controllers }, joined, cpuset) : []),
  ];
}

/**
 * The kernel rebuilds its scheduling domains for each cpuset that is filled and balances load, which costs as much as
 * everything else about a cgroup, and more with each container. The partition decides what is balanced: a cpuset below
 * it needs no domain.
 */
function fillOwnCpuset(
  hierarchy: Pick<CgroupPlace, 'controllers'>,
  path: string,
  cpuset: CgroupLayout['cpuset'],
): CgroupStep[] {
  const filled = fillCpuset(hierarchy, path, cpuset);
  if (filled.length === 0) return [];
  return [{ step: 'write', path: `${path}/cpuset.sched_load_balance`, value: '0' }, ...filled];
}

/** Files of a cgroup that its owner must be able to write to manage cgroups below it (cgroups(7), delegation). */
const delegatedFiles = {
  v1: ['tasks', 'cgroup.procs'],
  v2: ['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'],
};

/** With a user namespace, the container's root owns the cgroups that it may manage: in v2, and see named-hierarchies.ts. */
function delegate(
  { idMap }: DomainDefinition,
  path: string,
  files: readonly string[],
): CgroupStep[] {
  if (idMap === undefined) return [];
  const uid = hostId(idMap.uids, 0) ?? 0;
  const gid = hostId(idMap.gids, 0) ?? 0;
  return ['', ...files.map((file) => `/${file}`)].map((file) => ({
    step: 'own',
    path: `${path}${file}`,
    uid,
    gid,
  }));
}

function requireControllers(layout: CgroupLayout): void {
  const v1 = layout.hierarchies.flatMap(({ controllers }) => controllers);
  const v2 = layout.unified?.controllers ?? [];
  const wanted = v2.includes('memory') ? needed.v2 : needed.v1;
  const missing = wanted.find((name) => !v1.includes(name) && !v2.includes(name));
  if (missing !== undefined) {
    throw new DefinitionError(
      'INTERNAL_ERROR',
      `Unable to find '${missing}' cgroups controller mount`,
      {
        step: 'find cgroup controllers',
      },
    );
  }
}
