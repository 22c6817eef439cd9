/**
 * Which domain has which SELinux categories, for all roots of this host: a folder of symbolic links. Making a link
 * claims a pair and records the claimant in one step, and fails for the second one that tries, without a lock. The
 * links are never followed.
 *
 *     dynamic/12,803         → the entry of the one domain that has this pair
 *     static/12,803.OWNER    → the same for each domain whose static label has it
 *     owners/OWNER           → which of those is the domain's
 *
 * A domain is in it from before its start record is written until what it borrowed has been given back. Only the
 * holder of a domain's lock changes its entries; those of domains that are gone are removed under the lock of this folder.
 */
import { createHash, randomInt } from 'node:crypto';
import { closeSync, openSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../../errors';
import { bootId } from '../../../host/kernel/boot/boot-id';
import { lockFile } from '../../../host/state/file-lock';
import { realRoot } from '../../../host/state/real-root';
import { runPaths, statePaths } from '../../../host/state/state-paths';
import { statOf } from '../../init/process-stat';
import type { Pair } from './draw';
import { isThere } from '../../../host/state/file-error';
import { makeOwnFolder } from '../../../host/state/own-folder';

/** A domain of this host: roots have names of their own. */
export interface Owner {
  readonly root: string;
  readonly name: string;
}

/** The same in the form that this folder uses: `root` without symbolic links, and a `key` that can be the name of a file. */
export interface Holder extends Owner {
  readonly key: string;
}

/** Where an entry is: at most one domain for a dynamic label, any number for a static one. */
export interface Place {
  readonly type: 'dynamic' | 'static';
  readonly pair: Pair;
}

export interface CategoryEntry extends Owner, Place {
  /**
   * The process that made the entry, and when that started: without a start record, the entry lives as long as that
   * process.
   */
  readonly pid: number;
  readonly started: number;
  readonly boot: string;
}

const kinds = ['dynamic', 'static'] as const;
const owners = 'owners';

export function holderFor(owner: Owner): Holder {
  const { name } = owner;
  const root = realRoot(owner.root);
  return { root, name, key: keyOf({ root, name }) };
}

/** Claims a place for a domain that has none, in this process's name. @returns false when another has it. */
export function enter(folder: string, holder: Holder, place: Place): boolean {
  const { root, name, key } = holder;
  const path = pathOf(place, key);
  const who = { root, name, pid: process.pid, started: ownStart(), boot: bootId() };
  if (!makeLink(folder, path, JSON.stringify(who))) return false;
  try {
    if (makeLink(folder, join(owners, key), path)) return true;
    throw hasAlready(holder);
  } catch (error) {
    removeLink(folder, path);
    throw error;
  }
}

/**
 * The error for a domain that has categories already: since its lock is held, no other process can have claimed them
 * for it.
 */
export function hasAlready({ name }: Owner): TslxcError {
  return new TslxcError('INTERNAL_ERROR', `the domain '${name}' has categories already`);
}

/**
 * Gives up what an earlier start of the domain that died halfway has left. It takes the folder's lock, since other
 * processes may be removing that, too.
 */
export async function leaveEarlier(folder: string, holder: Holder): Promise<void> {
  if (readLink(folder, join(owners, holder.key)) === undefined) return;
  await withFolder(folder, () => leave(folder, holder));
}

/** Gives up what the domain has; does nothing if it has nothing. */
export function leave(folder: string, holder: Holder): void {
  const index = join(owners, holder.key);
  const path = readLink(folder, index);
  if (path === undefined) return;
  const entry = readEntry(folder, path);
  // The pair may belong to another domain by now, if this one's entry was removed as a dead one.
  if (entry !== undefined && isOf(holder)(entry)) removeLink(folder, path);
  removeLink(folder, index);
}

/** Whether an entry is of this domain. */
export function isOf({ root, name }: Holder): (entry: CategoryEntry) => boolean {
  return (entry) => entry.name === name && entry.root === root;
}

/** The entry that has the pair by a dynamic label. */
export function entryOf(folder: string, pair: Pair): CategoryEntry | undefined {
  return readEntry(folder, join('dynamic', nameOf(pair)));
}

/** All places that are taken, whether their domains are alive or not. */
export function placesIn(folder: string, type: Place['type']): readonly Pair[] {
  return namesIn(folder, type).map(pairOfName);
}

/** All entries, or `most` of them from a random one on, without waiting for processes that change them. */
export function readEntries(
  folder: string,
  most = Number.POSITIVE_INFINITY,
): readonly CategoryEntry[] {
  const paths = kinds.flatMap((type) => namesIn(folder, type).map((name) => join(type, name)));
  const first = paths.length > most ? randomInt(paths.length) : 0;
  return [...paths.slice(first), ...paths.slice(0, first)]
    .slice(0, most)
    .map((path) => readEntry(folder, path))
    .filter((entry) => entry !== undefined);
}

/** Whether the domain is being started, or still has something to give back. */
export function isLive(folder: string, entry: CategoryEntry): boolean {
  const { root, name, pid, started, boot } = entry;
  if (boot !== bootId()) return false;
  if (statOf(pid)?.started === started) return true;
  // A start that died halfway may have left a second entry.
  const key = keyOf(entry);
  const isIts = readLink(folder, join(owners, key)) === pathOf(entry, key);
  return isIts && isThere(runPaths(statePaths(root), name).start);
}

/** Removes those of these entries whose domains are gone. */
export async function removeDead(folder: string, entries: readonly CategoryEntry[]): Promise<void> {
  const dead = entries.filter((entry) => !isLive(folder, entry));
  if (dead.length === 0) return;
  await withFolder(folder, () => {
    for (const entry of dead) {
      const path = pathOf(entry, keyOf(entry));
      // Another process may have removed it, and a third one taken the place.
      const now = readEntry(folder, path);
      if (now !== undefined && !isLive(folder, now)) removeLink(folder, path);
    }
  });
}

/** Runs `action` as the only process that removes entries of domains that are gone. */
async function withFolder(folder: string, action: () => void): Promise<void> {
  const lock = openSync(join(folder, 'lock'), 'a', 0o600);
  try {
    await lockFile(lock);
    action();
  } finally {
    closeSync(lock);
  }
}

function pathOf({ type, pair }: Place, key: string): string {
  return join(type, type === 'dynamic' ? nameOf(pair) : `${nameOf(pair)}.${key}`);
}

function nameOf([first, second]: Pair): string {
  return `${first},${second}`;
}

function pairOfName(name: string): Pair {
  const [, first, second] = /^(\d+),(\d+)/.exec(name) ?? [];
  return [Number(first), Number(second)];
}

/** A digest, since the names of roots and domains may be longer than that of a file can be. */
function keyOf({ root, name }: Owner): string {
  return createHash('sha256').update(`${root}\0${name}`).digest('hex').slice(0, 32);
}

let knownStart: number | undefined;

function ownStart(): number {
  knownStart ??= statOf(process.pid)?.started ?? 0;
  return knownStart;
}

/** @returns false when there is something of this name. */
function makeLink(folder: string, path: string, text: string): boolean {
  try {
    symlinkSync(text, join(folder, path));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT') throw error;
  }
  for (const name of [...kinds, owners]) makeOwnFolder(join(folder, name));
  return makeLink(folder, path, text);
}

/** The text of a link; undefined when there is none. */
function readLink(folder: string, path: string): string | undefined {
  try {
    return readlinkSync(join(folder, path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function removeLink(folder: string, path: string): void {
  try {
    unlinkSync(join(folder, path));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function readEntry(folder: string, path: string): CategoryEntry | undefined {
  const text = readLink(folder, path);
  if (text === undefined) return undefined;
  const [type = '', name = ''] = path.split('/');
  const place = { type: type as Place['type'], pair: pairOfName(name) };
  try {
    return { ...(JSON.parse(text) as Omit<CategoryEntry, keyof Place>), ...place };
  } catch (cause) {
    const where = join(folder, path);
    const detail = `${where} is damaged, or of another version`;
    throw new TslxcError('OPERATION_FAILED', detail, { path: where, cause });
  }
}

function namesIn(folder: string, type: Place['type']): readonly string[] {
  try {
    return readdirSync(join(folder, type));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
