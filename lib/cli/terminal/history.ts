/** The lines that were typed into the shell, kept for the next one: in the user's cache folder, as virsh keeps its own. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../shell/command';

/** As many lines are kept as virsh keeps. */
export const keptLines = 500;

/** Undefined where neither XDG_CACHE_HOME nor HOME says where it may be. */
export function historyPath(environment: Context['environment']): string | undefined {
  const { XDG_CACHE_HOME: cache = '', HOME: home = '' } = environment;
  const folder = cache === '' && home !== '' ? join(home, '.cache') : cache;
  return folder.startsWith('/') ? join(folder, 'tslxc', 'history') : undefined;
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
  writeFileSync(draft, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  renameSync(draft, path);
}
