/** (definition, facts) → Plan: a container's table of contents. Pure. */
import type { DomainDefinition } from '../domain/definition';
import { carriedOutAction } from '../domain/elements/clock';
import type { CgroupPlan } from './cgroups/cgroups';
import { planKeyring, planMonitorScore, planOutsideScore } from './security/confinement';
import type { ConfinementFacts } from './security/confinement';
import { planConsoleOutput } from './console-output';
import { namespaceFlags } from './constants';
import { otherFilesystems } from './mounts/filesystems';
import { planOutsideView } from './mounts/container-view';
import { planCover } from './mounts/cover';
import { planDevices, planDeviceTree } from './mounts/devices';
import { planHostDevices } from './mounts/host-devices';
import type { HostDevice } from './mounts/host-devices';
import { planEndRequest } from './process/end-request';
import { mapLines } from './process/id-map';
import { namespaceOwner } from './process/namespace-owner';
import { planCgroupTrees, planKernelMounts, planOutsideSys } from './mounts/kernel-mounts';
import type { KernelMountFacts } from './mounts/kernel-mounts';
import type { Link } from './network/links';
import {
  initNamespaces,
  networkMode,
  planEnterShared,
  planLeaveShared,
} from './process/namespaces';
import type { NamespaceFact } from './process/namespaces';
import { keepsNetwork, planLinks, planLinksInside, planTakenLinks } from './network/network';
import type { Operation } from './operation';
import type { Plan, PlanHeader } from './plan';
import {
  planEntry,
  planEnvironment,
  planMemoryPolicy,
  planPersonality,
  planProcess,
} from './process/process';
import type { Identity } from './process/process';
import {
  hiddenFrom,
  planFilesystems,
  planMappedTrees,
  planOutsideTrees,
  planRoot,
} from './mounts/rootfs';
import type { RootfsFacts } from './mounts/rootfs';
import { labelFilesystems, labelHeader, planExecLabel } from './security/labels';
import type { SecurityFacts } from './security/labels';

/** Everything that a plan depends on besides the definition. */
export interface PlanFacts extends RootfsFacts, KernelMountFacts, ConfinementFacts {
  readonly boot: string;
  readonly runDirectory: string;
  readonly cgroups: CgroupPlan;
  readonly identity: Identity;
  /** Devices of the host that the container gets too. */
  readonly devices: readonly HostDevice[];
  /** The label that init executes with. Default: none. */
  readonly security?: SecurityFacts;
  readonly sharedNamespaces: readonly NamespaceFact[];
  /** Those of each `<interface>` in document order, then those borrowed from the host. */
  readonly links: readonly Link[];
  /** Whether the container ends with its caller. */
  readonly autodestroy?: boolean;
  /** Whether the start waits for the caller after the interfaces are made and before init runs. */
  readonly waitsForCaller?: boolean;
  /** The command that cleans up if no caller does. */
  readonly reap: {
    readonly program: string;
    readonly argv: readonly string[];
    readonly environment: readonly string[];
  };
  /** The same program as it watches the health of containers; undefined if that of this one is not checked. */
  readonly watch?: {
    readonly argv: readonly string[];
    readonly locks: string;
    readonly byte: number;
  };
  readonly consoleLog: { readonly directory: string; readonly file: string };
  readonly deadline: number;
  readonly consoleDescriptors: number;
  readonly passDescriptors: number;
  /** Whether the first three of them are the standard streams of init. Default: those are its console. */
  readonly standardStreams?: boolean;
  /** Positions in the tables of failpoints and actions; 0 for none. */
  readonly failpoint?: {
    readonly point: number;
    readonly action: number;
    readonly count: number;
  };
}

/** Standard input, output and error. */
const standardStreamCount = 3;

/** Bytes of console output that are replayed to a client that attaches. */
const replayBytes = 256 * 1024;

/** Bytes of one file of a console's log, of which there are at most two. */
const consoleLogBytes = 1024 * 1024;

export function compilePlan(definition: DomainDefinition, facts: PlanFacts): Plan {
  return {
    header: planHeader(definition, facts),
    outside: labelFilesystems(planOutside(definition, facts), facts.security),
    mapped: [
      ...planLeaveShared(facts.sharedNamespaces),
      ...planMappedTrees(definition, facts),
      ...planLinks(facts.links),
      ...planMonitorScore(facts),
    ],
    again: [
      ...planLeaveShared(facts.sharedNamespaces),
      ...planMappedTrees(definition, facts),
      ...planTakenLinks(facts.links),
    ],
    inside: labelFilesystems(planInside(definition, facts), facts.security),
  };
}

const tasksFile = (index: number): string => `tasks${index}`;

function planOutside(definition: DomainDefinition, facts: PlanFacts): Operation[] {
  return [
    ...planOutsideTrees(definition, facts),
    ...planOutsideSys(definition),
    ...planOutsideView(facts),
    ...planDeviceTree(definition),
    ...planHostDevices(definition, facts.devices),
    ...planOutsideScore(facts),
    ...planCgroupFiles(facts.cgroups),
    ...planCgroupTrees(facts.cgroups.mounts),
    ...planEnterShared(definition, facts.sharedNamespaces),
  ];
}

/** These come as late as possible: the caller makes the cgroups while the monitor does the rest. */
function planCgroupFiles({ steps, tasks }: CgroupPlan): Operation[] {
  return [
    ...(steps.length === 0 ? [] : [{ op: 'awaitCgroups' } as const]),
    ...tasks.map((path, index): Operation => ({ op: 'openFile', file: tasksFile(index), path })),
  ];
}

function planInside(definition: DomainDefinition, facts: PlanFacts): Operation[] {
  const { cgroups, identity } = facts;
  return [
    // First, while /proc is still the host's.
    ...planExecLabel(facts.security),
    // Joined before the cgroup namespace is made, since the process's cgroup becomes its root.
    ...cgroups.tasks.map((_, index): Operation => {
      return { op: 'writeFile', file: tasksFile(index), text: '0' };
    }),
    { op: 'unshare', namespaces: namespaceFlags.cgroup },
    ...planKeyring(facts),
    ...planEntry(definition),
    ...planPersonality(definition, facts),
    ...planMemoryPolicy(definition),
    { op: 'newSession', umask: 0o022 },
    { op: 'makeNamespacePrivate' },
    ...(covers(definition, facts) ? planCover() : []),
    ...planRoot(definition),
    ...planKernelMounts(definition, { ...facts, selinuxfs: hasSelinux(facts) }),
    ...planDevices(definition, { hardening: facts.hardening, uid: identity.uid }),
    ...planFilesystems(definition, facts),
    { op: 'pivotRoot' },
    ...(networkMode(definition) === 'private' ? planLinksInside(facts.links) : []),
    ...planProcess(definition, identity, facts),
  ];
}

/** Whether anything is covered: kernel files on the level `hardened`, and what a shared root must hide on every level. */
function covers(definition: DomainDefinition, facts: PlanFacts): boolean {
  return facts.hardening === 'hardened' || hiddenFrom(definition, facts).length > 0;
}

function hasSelinux({ selinuxfs, security }: PlanFacts): boolean {
  return selinuxfs ?? security?.model === 'selinux';
}

function planHeader(definition: DomainDefinition, facts: PlanFacts): PlanHeader {
  const { cgroups } = facts;
  return {
    name: definition.name,
    runDirectory: facts.runDirectory,
    namespaces: initNamespaces(definition),
    uidMap: mapLines(definition.idMap?.uids),
    gidMap: mapLines(definition.idMap?.gids),
    namespaceOwner: namespaceOwner(definition),
    unifiedCgroup: cgroups.unified,
    monitorTasks: cgroups.monitorTasks,
    deadline: facts.deadline,
    replayBytes,
    consoles: definition.consoles.length,
    logDirectory: facts.consoleLog.directory,
    logFile: facts.consoleLog.file,
    logBytes: consoleLogBytes,
    ...planConsoleOutput(definition),
    consoleDescriptors: facts.consoleDescriptors,
    passDescriptors: facts.passDescriptors,
    standardStreams: facts.standardStreams === true ? 1 : 0,
    argv: [definition.os.init, ...definition.os.initArgs],
    environment: planEnvironment(definition, listenedDescriptors(facts)),
    reapProgram: facts.reap.program,
    reapArgv: facts.reap.argv,
    reapEnvironment: facts.reap.environment,
    watchArgv: facts.watch?.argv ?? [],
    watchLocks: facts.watch?.locks ?? '',
    watchByte: BigInt(facts.watch?.byte ?? 0),
    ...planEndRequest(definition, cgroups),
    boot: facts.boot,
    pause: facts.waitsForCaller === true ? 1 : 0,
    keepNetwork: keepsNetwork(facts.links) ? 1 : 0,
    cgroups: cgroups.joined,
    recorded: otherFilesystems(definition).map(({ target }) => target),
    restarts: carriedOutAction(definition.onReboot) === 'restart' ? 1 : 0,
    autodestroy: facts.autodestroy === true ? 1 : 0,
    ...labelHeader(facts.security),
    failpoint: facts.failpoint?.point ?? 0,
    failAction: facts.failpoint?.action ?? 0,
    failCount: facts.failpoint?.count ?? 0,
  };
}

/** How many descriptors init finds from 3 on. */
function listenedDescriptors({ passDescriptors, standardStreams = false }: PlanFacts): number {
  return standardStreams ? passDescriptors - standardStreamCount : passDescriptors;
}
