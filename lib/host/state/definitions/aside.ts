/** What becomes of a directory in the place of a definition, which somebody else has made: it is kept, under another name. */
import { lstatSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { isThere } from '../file-error';

/**
 * Moves a directory out of the way of the file at `path`. A link to one is left: a file takes its place, and an unlink removes it.
 *
 * @returns where it is now, which is no name of a definition; undefined if there is none at `path`
 * @throws the errors of node:fs, but for that of a path at which nothing is.
 */
export async function setFolderAside(path: string): Promise<string | undefined> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  for (let number = 1; ; number += 1) {
    const aside = `${path}.aside-${number}`;
    if (isThere(aside)) continue;
    await rename(path, aside);
    return aside;
  }
}
