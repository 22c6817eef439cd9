/** The stamps of files: as one survey of many gives them, and what has none. */
import { lstatSync, statSync } from 'node:fs';
import type { SightReader } from '../../survey';

/** The stamps that a survey gives, one for each name; a name without a stamp is left out. */
export function stampsIn(
  sights: SightReader,
  names: readonly string[],
): ReadonlyMap<string, Buffer> {
  const stamps = new Map<string, Buffer>();
  for (const name of names) {
    const sight = sights.next();
    if (sight.seen === 'stamp') stamps.set(name, sight.stamp);
  }
  return stamps;
}

/** @throws the error of node:fs for a link that leads to nothing: that is not the same as nothing, since somebody has put it there. */
export function checkLinkLeads(path: string): void {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink) statSync(path);
}

/** Whether there is anything at the path; a link is not followed. @throws the error of node:fs if that can't be told. */
export function isEntry(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
