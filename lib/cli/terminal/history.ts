/** The lines that were typed into the shell, kept for the next one: in the user's cache folder, as virsh keeps its own. */
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../shell/command';

/** As many lines are kept as virsh keeps. */
export const keptLines = 500;

/** Undefined where neither XDG_CACHE_HOME nor HOME says where it may be, and where another user decides what stands there. */
export function historyPath(environment: Context['environment']): string | undefined {
  const { XDG_CACHE_HOME: cache = '', HOME: home = '' } = environment;
  const folder = cache === '' && home !== '' ? join(home, '.cache') : cache;
  if (!folder.startsWith('/') || !isOwn(join(folder, 'tslxc'))) return undefined;
  return join(folder, 'tslxc', 'history');
}

/**
 * Whether only root and this user can change what the path leads to. As root, in the home of another user, the history would
 * be written wherever a symbolic link of that user leads.
 */
function isOwn(folder: string): boolean {
  const parent = dirname(folder);
  const owner = ownerOf(folder);
  const isTrusted = owner === undefined || owner === 0 || owner === process.geteuid?.();
  return isTrusted && (parent === folder || isOwn(parent));
}

/** Undefined when it is not there: then it is for the owner of its parent to make it. */
function ownerOf(path: string): number | undefined {
  try {
    return lstatSync(path).uid;
  } catch {
    return undefined;
  }
}

/** The newest line first, as node:readline has it. Empty when there is none that can be read. */
export function readHistory(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter((line) => line !== '').reverse();
  } catch {
    return [];
  }
}

/** Only its user may read it: a line may hold what is nobody else's business. @throws the errors of node:fs. */
export function writeHistory(path: string, newestFirst: readonly string[]): void {
  const lines = newestFirst.slice(0, keptLines).reverse();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}
