/**
 * Mount targets on a shared root. A missing one is made for as long as a container uses it, and removed by the
 * last one if it is still empty. The users are kept in an extended attribute of what was made, under flock(2)
 * of it: two containers, or two roots of tslxc, can share a target, and a crash loses no user of it.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import type { SourceLocation } from '../../domain/xml/source-location';
import { SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';
import { lockFile } from '../../host/state/file-lock';
import type { LookedFor, Looks } from '../looks/looks';
import { fileError, hasErrno, saysMissing } from '../../host/state/file-error';

/** Newline-separated users of a directory or file that tslxc made. */
const usersAttribute = 'trusted.tslxc.users';

/** A target to claim. */
export interface ClaimedTarget {
  readonly path: string;
  readonly kind: TargetKind;
  readonly place: SourceLocation;
}

/** A target to give back, and how it was found at the start. */
export interface ReleasedTarget {
  readonly path: string;
  readonly found: Found;
}

/** How often a target that disappears meanwhile is made again. */
const claimAttempts = 10;

export type TargetKind = 'directory' | 'file';

/** How a part of a target's path is found: not there, or made by tslxc for another container. */
export type Found = 'missing' | 'made';

/**
 * The paths that have to be claimed for a target, outermost first; none when it exists on its own. Paths that were made
 * for another container are among them, parents too: they have to outlive that container.
 */
export async function borrowedPaths(
  path: string,
  looks: Looks,
  place: SourceLocation,
): Promise<{ path: string; found: Found }[]> {
  const what = { step: 'look up the mount target', place };
  const borrowed: { path: string; found: Found }[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const found = await howFound(at, looks, what);
    if (found === 'own') break;
    borrowed.unshift({ path: at, found });
  }
  return borrowed;
}

/** One look-up tells whether it is there and who made it: its last user may remove it at any moment. */
async function howFound(path: string, looks: Looks, what: LookedFor): Promise<Found | 'own'> {
  try {
    return (await looks.attribute(path, usersAttribute, what)) === undefined ? 'own' : 'made';
  } catch (error) {
    if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
    if (error.errno === system.errno.ENOENT) return 'missing';
  }
  // A link, or something that can't be opened.
  return (await looks.stateIfThere(path, what)) === undefined ? 'missing' : 'own';
}

/**
 * Makes the target if it is missing, and records `user` as a user of it if tslxc made it.
 *
 * @throws SyscallError; TslxcError OPERATION_TIMEOUT and OPERATION_ABORTED as Looks. So does `releaseTarget`.
 */
export async function claimTarget(
  { path, kind, place }: ClaimedTarget,
  user: string,
  looks: Looks,
): Promise<void> {
  await looks.untilAnswered(path, usersAttribute, { step: 'make the mount target', place });
  // Its last user may remove it at any moment up to the lock.
  for (let attempt = 0; attempt < claimAttempts; attempt += 1) {
    const made = makeTarget(path, kind);
    const outcome = await withUsers(path, (users) =>
      made || users !== undefined
        ? [...(users ?? []).filter((other) => other !== user), user]
        : undefined,
    );
    if (outcome === 'done') return;
  }
}

/**
 * Removes `user` from the target's users, and the target itself if it was made, has no user any more and is empty. A
 * target that was `missing` and has no list of users is from an interrupted claim.
 */
export async function releaseTarget(
  { path, found }: ReleasedTarget,
  user: string,
  looks: Looks,
): Promise<void> {
  await looks.untilAnswered(path, usersAttribute, { step: 'give back the mount target' });
  await withUsers(path, (users) => {
    if (users === undefined && found === 'made') return undefined;
    const left = (users ?? []).filter((other) => other !== user);
    if (left.length > 0) return left;
    // A target that stays has no user now, and can be claimed again.
    return removeTarget(path) === 'removed' || users === undefined ? undefined : [];
  });
}

/** Reads the users, writes the new ones; does nothing when the target is gone, or has been replaced meanwhile. */
async function withUsers(
  path: string,
  change: (users: string[] | undefined) => string[] | undefined,
): Promise<'done' | 'gone'> {
  const fd = openTarget(path);
  if (fd === undefined) return 'gone';
  try {
    await lockFile(fd);
    if (!isStillAt(path, fd)) return 'gone';
    const text = native().getXattr(fd, usersAttribute)?.toString('utf8');
    const users = change(
      text === undefined ? undefined : text.split('\n').filter((user) => user !== ''),
    );
    if (users !== undefined) native().setXattr(fd, usersAttribute, Buffer.from(users.join('\n')));
    return 'done';
  } finally {
    closeSync(fd);
  }
}

function openTarget(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // Something else has been put in its place: a link, or a socket.
    const { ELOOP, ENXIO } = system.errno;
    if (saysMissing(error) || [ELOOP, ENXIO].some((one) => hasErrno(error, one))) return undefined;
    throw fileError(error, 'give back the mount target');
  }
}

function isStillAt(path: string, fd: number): boolean {
  const held = fstatSync(fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === held.ino && there.dev === held.dev;
}

function makeTarget(path: string, kind: TargetKind): boolean {
  try {
    if (kind === 'directory') mkdirSync(path, { mode: 0o755 });
    else writeFileSync(path, '', { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    const { code, errno, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new SyscallError({
      errno: -(errno ?? 0),
      syscall: syscall ?? 'mkdir',
      path,
      step: 'make the mount target',
    });
  }
}

function removeTarget(path: string): 'removed' | 'kept' {
  try {
    const state = statSync(path);
    if (state.isDirectory()) rmdirSync(path);
    else if (state.size > 0) return 'kept';
    else unlinkSync(path);
    return 'removed';
  } catch {
    // Not empty any more: what was put there stays.
    return 'kept';
  }
}
