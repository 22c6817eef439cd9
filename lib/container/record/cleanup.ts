/** The end of a container: ends what still runs, gives back what was borrowed, leaves the record of how it ended. */
import { thisMoment } from '../../host/kernel/boot/boot-clock';
import { renameSync } from 'node:fs';
import { bootId } from '../../host/kernel/boot/boot-id';
import { turn } from '../../host/slices';
import { fileError, isThere } from '../../host/state/file-error';
import { removeWhatIsAt } from '../../host/state/plain-file';
import { runPaths } from '../../host/state/state-paths';
import type { RunPaths, StatePaths } from '../../host/state/state-paths';
import { refuseMounts, removeTreeNow } from '../../host/trees/tree-removal';
import type { Removal } from '../../host/trees/tree-removal';
import { writeEnd } from './end-record';
import type { ExitRecord } from './exit-record';
import { removeCgroupsOf } from '../cgroups/stale-cgroups';
import { endHungMonitor } from '../monitor/hung-monitor';
import { releaseIds, releaseName, shareIds } from '../users/id-allocation';
import { retainedNetnsPaths } from '../interfaces/retained-netns';
import { monitorOf, readRunState, removeLeftFiles } from './run-state';
import type { RunState, StartRecord } from './run-state';
import { undoInNetwork } from '../interfaces/network-rescue';
import { killRemaining, undoAll, undosAfterBoot, undosInNetwork } from './undo';

/** Further input of a clean-up. */
export interface CleanUpContext {
  readonly name: string;
  /** Called with a message about what did not come back as it was taken. */
  readonly notice: (text: string) => void;
  /** Whether the domain is persistent by now; default: as at its start. Called while the kernel removes what was borrowed. */
  readonly persistence?: () => StartRecord['persistence'];
  /** Called when no process of the container is left, before anything is given back. */
  readonly onDead?: () => Promise<void>;
  /**
   * Called when everything is given back, before the start record is removed; called again, by the next clean-up, if it
   * did not finish.
   */
  readonly onGivenBack?: (exit: ExitRecord) => Promise<void>;
}

/**
 * Cleans up after a container that has ended. The caller holds the domain's lock. Returns how it ended; a transient
 * domain's folder is gone afterwards, a persistent one's keeps the exit record.
 *
 * @throws SyscallError or AggregateError when something could not be given back; the next call tries again.
 */
export async function cleanUp(
  paths: StatePaths,
  { start, exit: recorded }: RunState & { phase: 'ended' },
  context: CleanUpContext,
): Promise<ExitRecord> {
  const { name, notice, persistence = () => start.persistence, onDead, onGivenBack } = context;
  const files = runPaths(paths, name);
  // Processes of a failed start may still run.
  const isLost = recorded === undefined || ['lost', 'unstarted'].includes(recorded.how);
  const isAsked = recorded?.requested !== undefined;
  // Only this process knows that a destroy was requested, and what follows may fail.
  if (isLost && isAsked) recordEnd(files, recorded, notice);
  if (isLost && start.boot === bootId()) await endLost(paths, name, start);
  const exit = recorded ?? endWithoutRecord(files, start);
  await onDead?.();
  const undoing = giveBack(files, start, notice);
  // What follows is done while the kernel removes cgroups.
  undoing.catch(() => undefined);
  const remains = persistence();
  // The lock file of the monitor is kept where a further clean-up needs it to find the network again.
  const isEarly = !isLost && undosInNetwork(start.undo).length === 0;
  if (isEarly) removeFilesOfRun(files);
  await undoing;
  await onGivenBack?.(exit);
  // The cgroups of several containers are removed at the same time; what follows is done for one container after the
  // other.
  await turn();
  if (remains === 'transient') {
    forget(paths, name);
    return exit;
  }
  if (isLost && !isAsked) recordEnd(files, exit, notice);
  if (!isEarly) removeFilesOfRun(files);
  removeWhatIsAt(files.start);
  return exit;
}

async function giveBack(
  { monitorLock }: RunPaths,
  { undo, boot }: StartRecord,
  notice: (text: string) => void,
): Promise<void> {
  if (boot !== bootId()) {
    await undoAll(undosAfterBoot(undo), { networks: [], notice });
    return;
  }
  const hasNetwork = undosInNetwork(undo).length > 0;
  const networks = hasNetwork ? retainedNetnsPaths(monitorOf(monitorLock)) : [];
  await undoAll(undo, { networks, notice });
}

/** Records the end. A record that can't be written must neither keep a container alive nor its domain from ending. */
function recordEnd(files: RunPaths, exit: ExitRecord, notice: (text: string) => void): void {
  try {
    writeEnd(files, exit);
  } catch (error) {
    // An interrupted clean-up has written it: it can't be that of the run before, which every start removes.
    if (isOnRecord(files)) return;
    notice(`how it ended is not on record: ${fileError(error).message}`);
  }
}

/** The disk that takes no record may not let itself be looked at either: then nothing is known to be there. */
function isOnRecord({ exit }: RunPaths): boolean {
  try {
    return isThere(exit);
  } catch {
    return false;
  }
}

/** Ends what still runs. A monitor that can't be looked for is an error, but keeps nothing alive. */
async function endLost(paths: StatePaths, name: string, { undo }: StartRecord): Promise<void> {
  try {
    await endLostMonitor(paths, name, undo);
  } finally {
    await killRemaining(undo);
  }
}

/** A hung monitor still keeps the container's network: interfaces that are lent there are taken back before it is killed. */
async function endLostMonitor(
  paths: StatePaths,
  name: string,
  undo: StartRecord['undo'],
): Promise<void> {
  const monitor = monitorOf(runPaths(paths, name).monitorLock);
  await endHungMonitor(paths, name, async () => {
    if (monitor === undefined || undosInNetwork(undo).length === 0) return;
    await killRemaining(undo);
    // What fails now is tried again, and reported, with everything else.
    await undoInNetwork(undo, monitor).catch(() => undefined);
  });
}

/**
 * Ends a container whose start record is damaged, so that its `cgroups` are all that is known of it. What else it had
 * borrowed from the host is not given back. The caller holds the domain's lock.
 */
export async function endUnrecorded(
  paths: StatePaths,
  { name, cgroups, exit }: { name: string; cgroups: readonly string[]; exit: ExitRecord },
): Promise<void> {
  try {
    await endHungMonitor(paths, name, () => Promise.resolve());
  } finally {
    await removeCgroupsOf(cgroups);
  }
  const files = runPaths(paths, name);
  removeWhatIsAt(files.exit);
  // The caller has asked for this end, and is told of it even if it can't be recorded.
  recordEnd(files, exit, () => undefined);
  removeRunFiles(files);
}

/**
 * Gives back what a failed start has borrowed. `onDead` is called when no process of it is left. A persistent domain
 * keeps a record of the failed start; of a transient one nothing is left but what its hooks have still to be told.
 */
export async function abandonStart(
  paths: StatePaths,
  start: StartRecord,
  onDead: () => Promise<void>,
): Promise<void> {
  await killRemaining(start.undo);
  await onDead();
  await undoAll(start.undo, { networks: [], notice: () => undefined });
  const files = runPaths(paths, start.name);
  if (start.persistence === 'transient') {
    if (isThere(files.hooks)) removeRunFiles(files);
    else forget(paths, start.name);
    return;
  }
  // The caller is told why the start has failed even if the failure can't be recorded.
  recordEnd(files, unstartedRecord(), () => undefined);
  removeRunFiles(files);
}

/** Records, for a persistent domain, a start that was refused before it borrowed anything. */
export function rememberFailedStart(paths: StatePaths, name: string): void {
  // If something could not be given back, that is still on record, and its clean-up comes first.
  if (readRunState(paths, name).phase !== 'off') return;
  writeEnd(runPaths(paths, name), unstartedRecord());
}

/**
 * Removes the run folder of a domain that is off and no longer exists, and gives its ids back.
 *
 * @throws TslxcError OPERATION_INVALID when something is mounted in the folder: nothing has been changed then; SyscallError.
 */
export function forget(paths: StatePaths, name: string): void {
  const folder = runFolder(paths, name);
  refuseMounts(folder);
  releaseIds(paths, name);
  removeTreeNow(folder);
}

function runFolder(paths: StatePaths, name: string): Removal {
  return { path: runPaths(paths, name).directory, step: 'remove the run folder of a domain' };
}

/**
 * Moves what is kept of a domain that is off to its new name, in an order around `commit` that allows for the death of
 * this process.
 */
export async function carryOver(
  paths: StatePaths,
  { from, to, uuid }: { readonly from: string; readonly to: string; readonly uuid: string },
  commit: () => Promise<void>,
): Promise<void> {
  const [former, folder] = [runPaths(paths, from).directory, runFolder(paths, to)];
  refuseMounts(folder);
  await shareIds(paths, { from, to, uuid });
  await commit();
  releaseName(paths, from);
  removeTreeNow(folder);
  if (isThere(former)) renameSync(former, folder.path);
}

/** The start record goes last: as long as it is there, the clean-up is not over. */
function removeRunFiles(files: RunPaths): void {
  removeFilesOfRun(files);
  removeWhatIsAt(files.start);
}

/** All but the records of its start and its end. */
function removeFilesOfRun(files: RunPaths): void {
  removeLeftFiles(files);
  removeWhatIsAt(files.exitRoom);
}

function unstartedRecord(): ExitRecord {
  return { how: 'unstarted', ...thisMoment(), boot: bootId() };
}

/** Without a running record, init was never executed: the caller of the start has died, or the monitor before that. */
function endWithoutRecord({ running }: RunPaths, start: StartRecord): ExitRecord {
  return isThere(running) ? lostRecord(start) : unstartedRecord();
}

function lostRecord({ boot }: StartRecord): ExitRecord {
  const isOfBefore = boot !== bootId();
  return { how: 'lost', ...thisMoment(), boot: bootId(), ...(isOfBefore ? { ranIn: boot } : {}) };
}
