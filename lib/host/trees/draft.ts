/**
 * Working folders. Everything that is made for a place on the host is in a draft until it is moved there as a whole, and what is removed as a
 * whole is moved into one. The process holds a lock on the claim beside the draft while it lives: if a claim is not locked, its process
 * has died, and the next one that makes drafts there removes the leftovers.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { native } from '../native';
import { unlessMissing } from '../state/file-error';
import { removeTree } from './tree-removal';

const suffix = '.claim';

/** Where drafts are made. */
export interface DraftPlace {
  /** A folder for drafts and claims alone. */
  readonly drafts: string;
}

/** `await using` removes it. */
export interface Draft extends AsyncDisposable {
  readonly folder: string;
}

/** @throws errors of node:fs. */
export async function makeDraft({ drafts }: DraftPlace): Promise<Draft> {
  for (;;) {
    const folder = join(drafts, randomBytes(8).toString('hex'));
    const claim = `${folder}${suffix}`;
    const fd = openSync(claim, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    // Between the two calls, another process may have taken it for an abandoned one.
    if (!native().tryFlock(fd, 'exclusive') || fstatSync(fd).nlink === 0) {
      closeSync(fd);
      continue;
    }
    await mkdir(folder, { mode: 0o700 });
    return { folder, [Symbol.asyncDispose]: () => removeDraft(folder, fd) };
  }
}

/** The folders whose process has died. Only looks. @throws errors of node:fs. */
export function abandonedDrafts({ drafts }: DraftPlace): string[] {
  const names = unlessMissing(() => readdirSync(drafts)) ?? [];
  return names
    .filter((name) => name.endsWith(suffix) && !isHeld(join(drafts, name)))
    .map((name) => join(drafts, name.slice(0, -suffix.length)));
}

/** A process that has just made its claim and finds it locked by this look makes another one. */
function isHeld(claim: string): boolean {
  const fd = openIfThere(claim);
  if (fd === undefined) return true;
  try {
    return !native().tryFlock(fd, 'shared');
  } finally {
    closeSync(fd);
  }
}

/** Removes the leftovers of processes that have died. */
export async function removeAbandonedDrafts({ drafts }: DraftPlace): Promise<void> {
  for (const name of await readdir(drafts)) {
    if (!name.endsWith(suffix)) continue;
    const fd = openIfThere(join(drafts, name));
    if (fd === undefined) continue;
    if (native().tryFlock(fd, 'exclusive')) {
      await removeDraft(join(drafts, name.slice(0, -suffix.length)), fd);
    } else closeSync(fd);
  }
}

/** The claim is removed last: without it, no process would look for the folder. */
async function removeDraft(folder: string, claim: number): Promise<void> {
  try {
    await removeTree({ path: folder, step: 'remove a draft' });
    await rm(`${folder}${suffix}`, { force: true });
  } finally {
    closeSync(claim);
  }
}

function openIfThere(path: string): number | undefined {
  // Its process may have just removed it.
  return unlessMissing(() => openSync(path, constants.O_RDWR));
}
