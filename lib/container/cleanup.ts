/** The end of a container: ends what still runs, gives back what was borrowed, leaves the record of how it ended. */
import { rmSync, unlinkSync } from 'node:fs';
import { bootId } from '../host/boot-id';
import { runPaths } from '../host/state-paths';
import type { RunPaths, StatePaths } from '../host/state-paths';
import type { ExitRecord } from './exit-record';
import { endHungMonitor } from './hung-monitor';
import { releaseIds } from './id-allocation';
import { writeRecord } from './record-file';
import { readRunState } from './run-state';
import type { RunState, StartRecord } from './run-state';
import { killRemaining, undoAll } from './undo';

/**
 * Cleans up after a container that has ended. Call it under the domain's lock. Returns how it ended; a
 * transient domain's folder is gone afterwards, a persistent one's keeps the exit record.
 *
 * @throws SyscallError or AggregateError when something could not be given back; the next call tries again.
 */
export async function cleanUp(
  paths: StatePaths,
  state: RunState & { phase: 'ended' },
  name: string,
): Promise<ExitRecord> {
  const files = runPaths(paths, name);
  const exit = state.exit ?? lostRecord();
  const isLost = exit.how === 'lost';
  if (state.start.boot === bootId()) {
    if (isLost) {
      await endHungMonitor(paths, name);
      await killRemaining(state.start.undo);
    }
    await undoAll(state.start.undo);
  }
  if (state.start.persistence === 'transient') {
    forget(paths, name);
    return exit;
  }
  if (isLost) writeRecord(files.exit, exit);
  removeRunFiles(files);
  return exit;
}

/** Takes back what a failed start has borrowed. A persistent domain remembers that its start failed. */
export async function abandonStart(paths: StatePaths, start: StartRecord): Promise<void> {
  await killRemaining(start.undo);
  await undoAll(start.undo);
  if (start.persistence === 'transient') {
    forget(paths, start.name);
    return;
  }
  const files = runPaths(paths, start.name);
  writeRecord(files.exit, unstartedRecord());
  removeRunFiles(files);
}

/** A persistent domain remembers also a start that was refused before it borrowed anything. */
export function rememberFailedStart(paths: StatePaths, name: string): void {
  // What could not be given back is still on record, and its clean-up comes first.
  if (readRunState(paths, name).phase !== 'off') return;
  writeRecord(runPaths(paths, name).exit, unstartedRecord());
}

/** Removes the run folder of a domain that is off and is none any more, and gives its ids back. */
export function forget(paths: StatePaths, name: string): void {
  releaseIds(paths, name);
  rmSync(runPaths(paths, name).directory, { recursive: true, force: true });
}

/** The start record goes last: as long as it is there, the clean-up is not over. */
function removeRunFiles(files: RunPaths): void {
  for (const file of [files.running, files.control, files.monitorLock, files.start]) remove(file);
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function unstartedRecord(): ExitRecord {
  return { how: 'unstarted', time: Date.now(), boot: bootId() };
}

function lostRecord(): ExitRecord {
  return { how: 'lost', time: Date.now(), boot: bootId() };
}
