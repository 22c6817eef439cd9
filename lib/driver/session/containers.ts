/**
 * The functions of container/ that the driver uses, as one table, so that the rules about domains can be tested without
 * root and without a container. It decides nothing, and passes on the facts of this host, which these functions take as an argument.
 */
import {
  carryOver,
  cleanUp,
  endUnrecorded,
  forget,
  rememberFailedStart,
} from '../../container/record/cleanup';
import type { ContainerStart } from '../../container/start/container-start';
import { startContainer } from '../../container/start/controller';
import type { RunningContainer } from '../../container/start/running-container';
import {
  endReaperTurn,
  isDomainLocked,
  lockDomain,
  tryLockDomain,
  withReaperLock,
} from '../../container/record/locks';
import { deviceControl, type DeviceControl } from '../../container/devices/running-devices';
import { joinLastingCgroups } from '../../container/cgroups/lasting-cgroups';
import { limitFiles, type LimitFiles } from '../../container/cgroups/limit-files';
import { freeze, isFrozen, killFrozen, thaw } from '../../container/cgroups/freezer';
import { initControl, type InitControl } from '../../container/init/init-control';
import { previewLinks } from '../../container/interfaces/links';
import { listeningOutside } from '../../container/interfaces/listening-ports';
import { checkPorts } from '../../container/interfaces/port/claim-ports';
import { linkForwards, removeForwards } from '../../container/interfaces/port/link-forwards';
import { claimedAddress } from '../../container/interfaces/port/link-name';
import { placeFilter } from '../../container/interfaces/tables/link-filter';
import { placeForwards } from '../../container/interfaces/port/place-forwards';
import { previewImages } from '../../container/sources/image-devices';
import { withUsbPlaces } from '../../container/sources/usb-devices';
import { MonitorClient, type ConnectOptions } from '../../container/monitor/monitor-client';
import { networkViews, type NetworkViews } from '../../container/interfaces/network-view';
import {
  execDetached,
  execInContainer,
  type ExecRequest,
  type ExecTarget,
} from '../../container/exec/exec';
import { labelledSources, restoreLostLabels } from '../../container/security/relabel/lost-labels';
import {
  prepare,
  type Preparation,
  type PreparationInput,
} from '../../container/start/preparation';
import { previewLabelling } from '../../container/security/labelling';
import { readRunningLabel } from '../../container/init/init-process';
import { readUsage } from '../../container/statistics/read';
import { takeSnapshots } from '../../container/statistics/snapshots';
import type { RunningContainerRecords, Snapshot } from '../../container/statistics/snapshots';
import { isStopped } from '../../container/init/process-stat';
import {
  readExit,
  readRunning,
  readRunState,
  readStart,
  replaceStart,
  runNames,
  type RunState,
  type StartRecord,
} from '../../container/record/run-state';
import { openRunStates } from '../../container/record/run-states';
import { hostFacts } from '../../host/facts';
import { bootId } from '../../host/kernel/boot/boot-id';
import { listTables } from '../../host/kernel/nftables';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { shapeLink } from '../../network/shaping/shaping';
import { runPaths, type StatePaths } from '../../host/state/state-paths';
import { isThere } from '../../host/state/file-error';

/** A connection to a monitor. */
export type MonitorConnection = Pick<MonitorClient, keyof MonitorClient>;

/** A container that this process has started. */
export type OwnedContainer = Pick<RunningContainer, keyof RunningContainer>;

export type EndedState = RunState & { phase: 'ended' };

/** A domain's state once an ended container has been cleaned up. */
export type SettledState = RunState & { phase: 'off' | 'running' };

/** A function that reads a container's cgroups, with the cgroup layout of this host filled in. */
type OnThisHost<Reads extends (start: StartRecord, layout: CgroupLayout) => unknown> = (
  start: StartRecord,
) => ReturnType<Reads>;

/** The forwarded ports of interfaces. */
interface ForwardControl {
  readonly check: typeof checkPorts;
  readonly listening: typeof listeningOutside;
  readonly decide: typeof linkForwards;
  readonly place: typeof placeForwards;
  readonly remove: typeof removeForwards;
  readonly leased: typeof claimedAddress;
}

/** The rules of interfaces in the kernel, as far as others may remove them. */
interface RuleControl {
  readonly listTables: typeof listTables;
  readonly placeFilter: typeof placeFilter;
}

/** What each does is said where it is defined: most have the name of that function, or its type names it. */
export interface Containers {
  readonly readRunState: typeof readRunState;
  readonly openRunStates: typeof openRunStates;
  readonly readRunning: typeof readRunning;
  readonly readExit: typeof readExit;
  readonly readStart: typeof readStart;
  readonly isFrozen: OnThisHost<typeof isFrozen>;
  readonly isStopped: typeof isStopped;
  readonly killFrozen: OnThisHost<typeof killFrozen>;
  readonly init: InitControl;
  readonly runNames: typeof runNames;
  readonly isDomainLocked: typeof isDomainLocked;
  readonly lockDomain: typeof lockDomain;
  readonly tryLockDomain: typeof tryLockDomain;
  readonly withReaperLock: typeof withReaperLock;
  readonly endReaperTurn: typeof endReaperTurn;
  readonly previewLinks: typeof previewLinks;
  readonly previewImages: typeof previewImages;
  readonly withUsbPlaces: typeof withUsbPlaces;
  readonly previewLabelling: typeof previewLabelling;
  readonly restoreLostLabels: typeof restoreLostLabels;
  readonly labelledSources: typeof labelledSources;
  readonly cleanUp: typeof cleanUp;
  readonly endUnrecorded: typeof endUnrecorded;
  readonly forget: typeof forget;
  readonly rename: typeof carryOver;
  readonly rememberFailedStart: typeof rememberFailedStart;
  readonly readUsage: OnThisHost<typeof readUsage>;
  readonly readRunningLabel: typeof readRunningLabel;
  readonly bootId: typeof bootId;
  readonly network: NetworkViews;
  readonly shapeLink: typeof shapeLink;
  readonly forwards: ForwardControl;
  readonly rules: RuleControl;
  /** Moves this process into the cgroups of processes that outlive their callers. */
  readonly leaveCaller: () => void;
  readonly replaceStart: typeof replaceStart;
  readonly limits: LimitFiles;
  readonly devices: DeviceControl;
  takeSnapshots(containers: readonly RunningContainerRecords[]): Promise<Snapshot[]>;
  freeze(start: StartRecord, isInitKilled: () => boolean): Promise<void>;
  thaw(start: StartRecord): Promise<void>;
  prepare(input: Omit<PreparationInput, 'host'>): Promise<Preparation>;
  execInContainer(
    target: Omit<ExecTarget, 'host'>,
    request: ExecRequest,
  ): ReturnType<typeof execInContainer>;
  execDetached(target: Omit<ExecTarget, 'host'>, request: ExecRequest): Promise<void>;
  startContainer(start: ContainerStart): Promise<OwnedContainer>;
  /** Undefined when no monitor listens (any more). */
  connectMonitor(
    paths: StatePaths,
    name: string,
    options?: ConnectOptions,
  ): Promise<MonitorConnection | undefined>;
  /** Whether init's execve succeeded in the run that is now being cleaned up. */
  hasRun(paths: StatePaths, name: string): boolean;
}

const layout = (): CgroupLayout => hostFacts().cgroups;

export const containers: Containers = {
  readRunState,
  openRunStates,
  readRunning,
  readExit,
  readStart,
  endUnrecorded,
  isFrozen: (start) => isFrozen(start, layout()),
  isStopped,
  freeze: (start, isInitKilled) => freeze(start, layout(), isInitKilled),
  thaw: (start) => thaw(start, layout()),
  killFrozen: (start) => killFrozen(start, layout()),
  init: initControl,
  runNames,
  isDomainLocked,
  lockDomain,
  tryLockDomain,
  withReaperLock,
  endReaperTurn,
  previewLinks,
  previewImages,
  withUsbPlaces,
  previewLabelling,
  restoreLostLabels,
  labelledSources,
  prepare: (input) => prepare({ ...input, host: hostFacts() }),
  execInContainer: (target, request) => execInContainer({ ...target, host: hostFacts() }, request),
  execDetached: (target, request) => execDetached({ ...target, host: hostFacts() }, request),
  startContainer: (start) => startContainer(start, hostFacts()),
  cleanUp,
  forget,
  rename: carryOver,
  rememberFailedStart,
  readUsage: (start) => readUsage(start, layout()),
  readRunningLabel,
  takeSnapshots: (running) => takeSnapshots(running, layout()),
  bootId,
  network: networkViews,
  shapeLink,
  leaveCaller: () => joinLastingCgroups(layout()),
  forwards: {
    check: checkPorts,
    listening: listeningOutside,
    decide: linkForwards,
    place: placeForwards,
    remove: removeForwards,
    leased: claimedAddress,
  },
  rules: { listTables, placeFilter },
  replaceStart,
  limits: limitFiles(layout),
  devices: deviceControl(hostFacts),
  connectMonitor: (paths, name, options) => MonitorClient.connect(paths, name, options),
  hasRun: (paths, name) => isThere(runPaths(paths, name).running),
};
