/** The shell's history, kept in the user's cache folder for the next shell, as virsh does. */
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../shell/command';
import { makeOwnFolder } from '../../host/state/own-folder';

/** Number of lines that are kept, as in virsh. */
export const keptLines = 500;

/**
 * Undefined if neither XDG_CACHE_HOME nor HOME is set, if another user could change where the path leads, and if it has U+FFFD, which
 * Node.js puts in the place of bytes that are not UTF-8: it would lead elsewhere.
 */
export function historyPath(environment: Context['environment']): string | undefined {
  const { XDG_CACHE_HOME: cache = '', HOME: home = '' } = environment;
  const folder = cache === '' && home !== '' ? join(home, '.cache') : cache;
  if (!folder.startsWith('/') || folder.includes('\ufffd')) return undefined;
  if (!isOwn(join(folder, 'tslxc'))) return undefined;
  return join(folder, 'tslxc', 'history');
}

/**
 * Whether only root and this user can change where the path leads. Otherwise root, with the home of another user, would write the
 * history wherever a symbolic link of that user leads.
 */
function isOwn(folder: string): boolean {
  const parent = dirname(folder);
  const owner = ownerOf(folder);
  const isTrusted = owner === undefined || owner === 0 || owner === process.geteuid?.();
  return isTrusted && (parent === folder || isOwn(parent));
}

/** Undefined if the path does not exist: then only the owner of its parent can create it. */
function ownerOf(path: string): number | undefined {
  try {
    return lstatSync(path).uid;
  } catch {
    return undefined;
  }
}

/** The newest line first, as in node:readline. Empty if there is no readable history. */
export function readHistory(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter((line) => line !== '').reverse();
  } catch {
    return [];
  }
}

/** Only the user may read the file, since lines may contain secrets. @throws the errors of node:fs. */
export function writeHistory(path: string, newestFirst: readonly string[]): void {
  const lines = newestFirst.slice(0, keptLines).reverse();
  makeOwnFolder(dirname(path));
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}
