/** Everything that is looked up and decided before a start changes the host. Reads, never writes. */
import type { DomainDefinition, OutputFile } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import { outputFileLocation, outputFilePaths } from '../../domain/devices/output-files';
import { sharesRoot } from '../../domain/filesystem/lookup';
import { confinementOf } from '../../domain/namespaces/level';
import { limitedTrees } from '../../domain/filesystem/space-limits';
import type { LimitedTree } from '../../domain/filesystem/space-limits';
import { filesystemLocation } from '../../domain/filesystem/validate';
import type { SourceLocation } from '../../domain/xml/source-location';
import type { Partition } from '../../domain/tuning/definition';
import { withWeightFiles } from '../../host/kernel/cgroup-layout';
import type { HostFacts } from '../../host/facts';
import { watcherLock } from '../record/locks';
import { offsetOf } from '../../host/state/named-lock';
import { commandPath } from '../../host/package-paths';
import { lxcfsFiles } from '../../host/kernel/lxcfs';
import { isSelinuxOn } from '../../host/security/selinuxfs';
import { consoleLogName, hiddenDirectories, runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { planCgroups } from '../../plan/cgroups/cgroups';
import type { CgroupPlan } from '../../plan/cgroups/cgroups';
import type { PlanFacts } from '../../plan/compile';
import { filesystemLocations, targetKind } from '../../plan/mounts/filesystems';
import type { FilesystemFacts } from '../../plan/mounts/filesystems';
import { allowDevices } from '../../plan/mounts/host-devices';
import type { Plan } from '../../plan/plan';
import { borrowedTargets } from '../../plan/mounts/rootfs';
import { startWarnings } from '../../plan/warnings';
import type { StartWarning } from '../../plan/warnings';
import { checkTreeQuotas } from '../trees/tree-quota';
import { lookUpBlockNumbers } from '../sources/block-numbers';
import { lookUpDevices } from '../sources/host-devices';
import { servedDevices } from '../sources/image-devices';
import type { ImageDevices } from '../sources/image-devices';
import { linkPlaces } from '../interfaces/link-failure';
import type { ResolvedLinks } from '../interfaces/links';
import type { Looks } from '../looks/looks';
import { failActions, failpoints } from '../monitor/failpoints';
import type { ArmedFailpoint } from '../monitor/failpoints';
import { compiledPlan, plannedCgroups } from './compiled-plan';
import { previewIds } from '../users/id-allocation';
import { initIdentity } from '../users/init-identity';
import { borrowedPaths } from '../sources/mount-target';
import type { ClaimedTarget, Found } from '../sources/mount-target';
import type { OwnLeaves } from '../cgroups/own-leaves';
import { layoutInPartition, partitionDirectories } from '../cgroups/partition';
import { checkMappedSources, isReachable, ownersOfRoot } from '../sources/private-root';
import type { Labelling } from '../security/labelled-start';
import { lookUpNamespaces } from './shared-namespaces';
import { checkOutputFolders } from '../console/output-folders';
import { lookUpSources } from '../sources/sources';
import type { Undo } from '../record/undo';
import { overlayUppersOf } from '../sources/overlay-upper';
import type { OverlayUpper } from '../sources/overlay-upper';

/** A mount target on the shared root that has to be claimed before it is used. */
export interface NeededTarget extends ClaimedTarget {
  readonly found: Found;
}

export interface Preparation {
  readonly plan: Plan;
  readonly cgroups: CgroupPlan;
  readonly partition?: Partition;
  readonly links: ResolvedLinks;
  readonly targets: readonly NeededTarget[];
  /** Devices of the host in the container's /dev. */
  readonly devices: PlanFacts['devices'];
  /** Writable layers of overlays. */
  readonly overlayUppers: readonly OverlayUpper[];
  /** Trees of the host whose space is limited. */
  readonly limitedTrees: readonly LimitedTree[];
  /** The elements that descriptors and network interfaces of the plan come from, by name, and files by path. */
  readonly places: ReadonlyMap<string, SourceLocation>;
  /** The name under which targets and layers are claimed. */
  readonly user: string;
  readonly undo: readonly Undo[];
  readonly warnings: readonly StartWarning[];
  /** The user that init becomes, by its id in the container. */
  readonly initUid: number;
}

export interface PreparationInput {
  readonly host: HostFacts;
  readonly paths: StatePaths;
  readonly definition: DomainDefinition;
  /** For look-ups of what the definition names. */
  readonly looks: Looks;
  /** That of domains which set no level; the definition's own has precedence. */
  readonly hardening: Confinement;
  readonly startTimeout: number;
  readonly consoleDescriptors: number;
  readonly passDescriptors: number;
  /** See PlanFacts. */
  readonly standardStreams?: boolean;
  /** Looked up before, since the host is asked by netlink. */
  readonly links: ResolvedLinks;
  /** Claimed before. */
  readonly images: ImageDevices;
  /** Whether the caller has something to do when the interfaces are there. */
  readonly waitsForCaller?: boolean;
  readonly autodestroy?: boolean;
  /** Chosen before, since something unique is claimed with it; none for a container without a label. */
  readonly labelling?: Labelling | undefined;
  readonly failpoint?: ArmedFailpoint;
  /** The container's cgroups in hierarchies that are mounted nowhere. Missing for a plan that is only shown. */
  readonly leaves?: OwnLeaves;
}

/**
 * The name under which a domain claims what several containers of this host may want: it includes the root that the
 * domain belongs to.
 */
export function userOf({ root }: StatePaths, { name }: Pick<DomainDefinition, 'name'>): string {
  return `${root}:${name}`;
}

export async function prepare(input: PreparationInput): Promise<Preparation> {
  const { host, paths, looks } = input;
  // A start has claimed its ids before; for a plan that is only shown, this chooses them.
  const definition = previewIds(paths, input.definition);
  const world = await lookUpWorld(definition, input);
  const cgroups = withLeaves(await lookUpCgroups(definition, input, world.devices), input.leaves);
  const hidden = hiddenFrom(definition, paths);
  const sources = await lookUpFilesystems(definition, input, hidden);
  const targets = await neededTargets(definition, sources, looks);
  await checkOutputFolders(definition, looks);
  const overlayUppers = overlayUppersOf(definition);
  const user = userOf(paths, definition);
  const identity = await initIdentity(definition, looks);
  const plan = compiledPlan(definition, {
    ...sources,
    hidden,
    ownersOfRoot: await ownersOfRoot(definition, looks),
    boot: host.boot,
    runDirectory: runPaths(paths, definition.name).directory,
    cgroups,
    ...world,
    hardening: confinementOf(definition, input.hardening),
    arch: host.arch,
    nsfsIgnoresType: host.nsfsIgnoresType,
    privileges: host.privileges,
    maskedHardware: host.thermalThrottle,
    identity,
    reap: reapCommand(paths, definition.name),
    ...watchFacts(paths, definition),
    consoleLog: { directory: paths.logs, file: consoleLogName(definition.name) },
    deadline: input.startTimeout,
    ...inputFacts(input),
  });
  return {
    plan,
    cgroups,
    ...(definition.partition ? { partition: definition.partition } : {}),
    links: input.links,
    targets,
    devices: world.devices,
    overlayUppers,
    limitedTrees: limitedTrees(definition),
    places: placesOf(definition, input.links),
    user,
    initUid: identity.uid,
    undo: undoOfStart(definition, input, { targets, overlayUppers, user, cgroups }),
    warnings: startWarnings(definition, { ...world, label: input.labelling ? 'given' : 'none' }),
  };
}

/** What the file systems are made of. Checks that all that they need is available. */
async function lookUpFilesystems(
  definition: DomainDefinition,
  { looks, images }: PreparationInput,
  hidden: readonly string[],
): Promise<FilesystemFacts> {
  const found = await lookUpSources(definition, sharesRoot(definition) ? hidden : [], looks);
  await checkMappedSources(definition, looks);
  await checkTreeQuotas(definition, looks);
  return { ...found, served: servedDevices(images.undo) };
}

async function lookUpCgroups(
  definition: DomainDefinition,
  { host, paths: { root }, looks }: PreparationInput,
  devices: PlanFacts['devices'],
): Promise<CgroupPlan> {
  const layout = layoutInPartition(definition, host.cgroups);
  if (definition.blockTuning === undefined) {
    return allowDevices(plannedCgroups(definition, layout, root), devices);
  }
  const blockNumbers = await lookUpBlockNumbers(definition, looks);
  const cgroups = planCgroups(definition, withWeightFiles(layout), { root, blockNumbers });
  return allowDevices(cgroups, devices);
}

/** The monitor enters these cgroups, so that init is born there. */
function withLeaves(cgroups: CgroupPlan, leaves: OwnLeaves | undefined): CgroupPlan {
  const { tasks = [] } = leaves ?? {};
  if (tasks.length === 0) return cgroups;
  return { ...cgroups, monitorTasks: [...cgroups.monitorTasks, ...tasks] };
}

/** The undo steps of a start, in the order in which things are taken: they run from the last to the first. */
function undoOfStart(
  definition: DomainDefinition,
  input: PreparationInput,
  taken: Pick<Preparation, 'targets' | 'overlayUppers' | 'user' | 'cgroups'>,
): Undo[] {
  return [
    ...(input.labelling?.undo ?? []),
    ...input.images.undo,
    ...undoOfFiles(taken),
    ...limitedTrees(definition).map(({ path }) => {
      return { undo: 'releaseQuota', path, user: taken.user } as const;
    }),
    ...undoOfCgroups(definition, input, taken.cgroups),
    ...input.links.undo,
  ];
}

function undoOfFiles({
  targets,
  overlayUppers,
  user,
}: Pick<Preparation, 'targets' | 'overlayUppers' | 'user'>): Undo[] {
  return [
    ...targets.map(({ path, found }) => ({ undo: 'releaseTarget', path, user, found }) as const),
    ...overlayUppers.map(({ path }) => ({ undo: 'releaseUpper', path, user }) as const),
  ];
}

/** The partition is removed after what is in it: undo steps run from the last to the first. */
function undoOfCgroups(
  definition: DomainDefinition,
  { host, paths: { root }, leaves }: PreparationInput,
  { directories }: CgroupPlan,
): Undo[] {
  const partition = partitionDirectories(definition, host.cgroups);
  const { hierarchies = [], cgroup = '' } = leaves ?? {};
  return [
    ...(partition.length === 0 ? [] : [{ undo: 'releasePartition', paths: partition } as const]),
    ...(hierarchies.length === 0
      ? []
      : [{ undo: 'leaveHierarchies', hierarchies, cgroup } as const]),
    { undo: 'removeCgroups', paths: directories, owner: root },
  ];
}

/** What the container gets from the host besides file systems. */
async function lookUpWorld(
  definition: DomainDefinition,
  { paths, looks, images }: PreparationInput,
): Promise<Pick<PlanFacts, 'devices' | 'procFiles' | 'sharedNamespaces' | 'selinuxfs'>> {
  return {
    devices: await lookUpDevices(definition, looks, images.numbers),
    // Not facts of the host, which are read once in a process: lxcfs and selinuxfs may be mounted or unmounted while it runs. The
    // label of the same start depends on selinuxfs too, and is decided by a look of its own (`hostSecurity`).
    procFiles: lxcfsFiles(),
    selinuxfs: isSelinuxOn(),
    sharedNamespaces: lookUpNamespaces(definition, paths),
  };
}

/**
 * The directories to hide. One that the container's root can't reach need not be covered, and could not be covered by
 * that root.
 */
function hiddenFrom({ idMap }: DomainDefinition, paths: StatePaths): string[] {
  const hidden = hiddenDirectories(paths);
  return idMap === undefined ? hidden : hidden.filter((path) => isReachable(path, idMap));
}

async function neededTargets(
  definition: DomainDefinition,
  facts: FilesystemFacts,
  looks: Looks,
): Promise<NeededTarget[]> {
  const needed = new Map<string, NeededTarget>();
  for (const filesystem of borrowedTargets(definition)) {
    const { target } = filesystem;
    const place = filesystemLocation(filesystem, 'target');
    for (const { path, found } of await borrowedPaths(target, looks, place)) {
      const kind = path === target ? targetKind(filesystem, facts) : 'directory';
      needed.set(path, { path, kind, found, place });
    }
  }
  return [...needed.values()];
}

function placesOf(
  definition: DomainDefinition,
  { links }: ResolvedLinks,
): Map<string, SourceLocation> {
  const logs = definition.consoles.flatMap(({ log }) => (log === undefined ? [] : logPlaces(log)));
  return new Map([...filesystemLocations(definition), ...linkPlaces(links), ...logs]);
}

function logPlaces(log: OutputFile): [string, SourceLocation][] {
  return outputFilePaths(log).map((path) => [path, outputFileLocation(log)]);
}

function inputFacts(input: PreparationInput) {
  const { links, labelling, waitsForCaller = false, autodestroy = false, failpoint } = input;
  const { consoleDescriptors, passDescriptors, standardStreams } = input;
  return {
    ...{ consoleDescriptors, passDescriptors },
    ...(standardStreams === true ? { standardStreams } : {}),
    ...(labelling === undefined ? {} : { security: labelling.facts }),
    // Only a profile that was made for the domain has mount rules.
    deniesNewMountApi: labelling?.profile !== undefined,
    links: links.links,
    waitsForCaller,
    autodestroy,
    ...(failpoint ? { failpoint: positions(failpoint) } : {}),
  };
}

function positions({ point, action, count }: ArmedFailpoint): PlanFacts['failpoint'] & object {
  return { point: failpoints.indexOf(point) + 1, action: failActions.indexOf(action), count };
}

/** The command that a monitor executes as its last act: `tslxc reap NAME`, by the node that runs now. */
function reapCommand({ root }: StatePaths, name: string): PlanFacts['reap'] {
  return {
    program: process.execPath,
    argv: ['node', commandPath, 'reap', name],
    environment: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `TSLXC_ROOT=${root}`,
    ],
  };
}

/** How a monitor has its container's health watched: by a new watcher of the root, with the lock that only one can have. */
function watchFacts(
  { locks }: StatePaths,
  { name, extension }: DomainDefinition,
): Pick<PlanFacts, 'watch'> {
  if (extension.health === undefined) return {};
  const argv = ['node', commandPath, 'watch-health', name];
  return { watch: { argv, locks, byte: offsetOf(watcherLock.name) } };
}
