/**
 * Folders in which pulls work. Everything that a pull makes lies in its draft until it is moved, as a whole, to where it stays.
 * Its process holds a lock on the claim beside it as long as it lives: whose claim is free has died, and the next pull removes
 * what it has left.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { native } from '../../host/native';
import { refuseMountsBelow } from './mounts-below';
import type { ImagePaths } from './image-paths';

const suffix = '.claim';

/** `await using` removes it. */
export interface Draft extends AsyncDisposable {
  readonly folder: string;
}

/** @throws errors of node:fs. */
export async function makeDraft({ drafts }: ImagePaths): Promise<Draft> {
  for (;;) {
    const folder = join(drafts, randomBytes(8).toString('hex'));
    const claim = `${folder}${suffix}`;
    const fd = openSync(claim, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    // Another process may have taken it for one that was left, between the two calls.
    if (!native().tryFlock(fd, 'exclusive') || fstatSync(fd).nlink === 0) {
      closeSync(fd);
      continue;
    }
    await mkdir(folder, { mode: 0o700 });
    return { folder, [Symbol.asyncDispose]: () => removeDraft(folder, fd) };
  }
}

/** Removes what pulls that have died have left. */
export async function removeAbandonedDrafts({ drafts }: ImagePaths): Promise<void> {
  for (const name of await readdir(drafts)) {
    if (!name.endsWith(suffix)) continue;
    const fd = openIfThere(join(drafts, name));
    if (fd === undefined) continue;
    if (native().tryFlock(fd, 'exclusive')) {
      await removeDraft(join(drafts, name.slice(0, -suffix.length)), fd);
    } else closeSync(fd);
  }
}

/** The claim goes last: without it nobody would look for the folder. */
async function removeDraft(folder: string, claim: number): Promise<void> {
  try {
    refuseMountsBelow(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await rm(`${folder}${suffix}`, { force: true });
  } finally {
    closeSync(claim);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR);
  } catch {
    // Its process has just removed it.
    return undefined;
  }
}
