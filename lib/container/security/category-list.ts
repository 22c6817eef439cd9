/**
 * The list of SELinux categories that running domains have: one for all roots of this host, changed under one lock and
 * replaced as a whole. A domain is in it from before its start record is written until what it borrowed has been given back.
 */
import { closeSync, existsSync, mkdirSync, openSync, realpathSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { bootId } from '../../host/boot-id';
import { fileError } from '../../host/file-error';
import { lockFile } from '../../host/file-lock';
import { readRecord, writeRecord } from '../../host/record-file';
import { categoriesLockPath, runPaths, statePaths } from '../../host/state-paths';
import { statOf } from '../process-stat';

/** A domain of this host: roots have names of their own. */
export interface Owner {
  readonly root: string;
  readonly name: string;
}

export interface CategoryEntry extends Owner {
  /** In rising order. */
  readonly pair: readonly [number, number];
  readonly type: 'dynamic' | 'static';
  /** Who took it, and when that process started: before there is a start record, it lives as long as that one. */
  readonly pid: number;
  readonly started: number;
}

interface CategoryList {
  readonly boot: string;
  readonly entries: readonly CategoryEntry[];
}

/**
 * Runs `change` alone on this host with what the list holds, and writes what it returns; undefined leaves the list as it is.
 * The file is gone when nobody has categories.
 */
export async function changeList(
  path: string,
  change: (entries: readonly CategoryEntry[]) => readonly CategoryEntry[] | undefined,
): Promise<void> {
  const fd = openLock(categoriesLockPath(path));
  try {
    await lockFile(fd);
    const changed = change(readEntries(path));
    if (changed === undefined) return;
    if (changed.length === 0) rmSync(path, { force: true });
    else writeRecord(path, { boot: bootId(), entries: changed } satisfies CategoryList);
  } catch (error) {
    throw fileError(error, 'keep the list of categories');
  } finally {
    closeSync(fd);
  }
}

/** What the list says now, without waiting for who changes it. Entries of another boot are nobody's. */
export function readEntries(path: string): readonly CategoryEntry[] {
  const list = readRecord(path) as Partial<CategoryList> | undefined;
  return list?.boot === bootId() ? (list.entries ?? []) : [];
}

/** This process's claim of a pair. */
export function entryFor(
  owner: Owner,
  { type, pair }: Pick<CategoryEntry, 'type' | 'pair'>,
): CategoryEntry {
  const { pid } = process;
  const started = statOf(pid)?.started ?? 0;
  return { root: realRoot(owner.root), name: owner.name, pair, type, pid, started };
}

/** The entries of all but this domain. */
export function withoutOwner(entries: readonly CategoryEntry[], owner: Owner): CategoryEntry[] {
  const root = realRoot(owner.root);
  return entries.filter((entry) => entry.name !== owner.name || entry.root !== root);
}

/** Whether the domain is being started, or has something to give back still. */
export function isLive({ root, name, pid, started }: CategoryEntry): boolean {
  return existsSync(runPaths(statePaths(root), name).start) || statOf(pid)?.started === started;
}

/** A root may be reached by several paths. */
function realRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch {
    return root;
  }
}

function openLock(path: string): number {
  try {
    if (!existsSync(path)) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw fileError(error, 'lock the list of categories');
  }
}
