/**
 * What a start borrows from the host, as data: written down before it is taken, given back by whoever stops
 * the container, in whichever process. Undoing twice, or undoing what never happened, succeeds.
 */
import { openSync, closeSync, constants, rmdirSync } from 'node:fs';
import { native } from '../host/native';
import { ownerAttribute } from '../plan/cgroups';
import { releaseTarget } from './mount-target';
import { releaseUpper } from './upper';

export type Undo =
  /** The container's cgroups, in the order in which they are made. Those that `owner` has marked are removed. */
  | Readonly<{ undo: 'removeCgroups'; paths: readonly string[]; owner: string }>
  /** A mount target on the shared root, made when it was missing. */
  | Readonly<{ undo: 'releaseTarget'; path: string; user: string; found: 'missing' | 'made' }>
  /** The writable layer of an overlay: it may be used by another container again. */
  | Readonly<{ undo: 'releaseUpper'; path: string; user: string }>;

/** How long processes may take to die, and cgroups to become free, in milliseconds. */
const patience = 5000;

/** Undoes all, last in first out; failures come back together after everything was tried. */
export async function undoAll(undos: readonly Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const undo of [...undos].reverse()) {
    try {
      await undoOne(undo);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, 'several things could not be given back');
}

/** Ends whatever still runs in the container: the guarantee behind the parent-death signal. */
export async function killRemaining(undos: readonly Undo[]): Promise<void> {
  for (const undo of undos) {
    if (undo.undo !== 'removeCgroups') continue;
    const own = ownCgroups(undo);
    if (own.length > 0) await native().killCgroups(own, patience);
  }
}

async function undoOne(undo: Undo): Promise<void> {
  switch (undo.undo) {
    case 'removeCgroups':
      // The first one last: as long as it is there, an interrupted removal is gone on with.
      await native().removeCgroups(ownCgroups(undo).reverse(), patience);
      removeUnmarked(undo.paths);
      return;
    case 'releaseTarget':
      await releaseTarget(undo.path, undo.user, undo.found);
      return;
    case 'releaseUpper':
      await releaseUpper(undo.path, undo.user);
  }
}

/** Another program, or another root of tslxc, may have a cgroup of that name in any hierarchy. */
function ownCgroups({ paths, owner }: Undo & { undo: 'removeCgroups' }): string[] {
  return paths.filter((path) => ownerOf(path) === owner);
}

/** A start that is killed between making a cgroup and marking it leaves it empty; one in use is not ours. */
function removeUnmarked(paths: readonly string[]): void {
  for (const path of paths) {
    if (ownerOf(path) !== '') continue;
    try {
      rmdirSync(path);
    } catch {
      // In use, or gone by now.
    }
  }
}

/** The tslxc root that made a cgroup: '' when it is unmarked, undefined when there is no such cgroup. */
export function ownerOf(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
  try {
    return native().getXattr(fd, ownerAttribute)?.toString('utf8') ?? '';
  } finally {
    closeSync(fd);
  }
}
