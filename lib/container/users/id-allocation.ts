/**
 * Ranges of host ids for domains that don't choose theirs. A domain keeps its range until it is undefined, so that the
 * files that it has written stay its own. The records of every root of tslxc, and the processes that run, are checked
 * under one host-wide lock: two containers never get the same ids.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { TslxcError } from '../../errors';
import { allocatable, withAllocatedIds } from '../../domain/namespaces/allocated-ids';
import { wayBack } from '../../domain/namespaces/level';
import type { DomainDefinition } from '../../domain/definition';
import { idsInUse, subordinateIds } from '../../host/kernel/id-ranges';
import type { HostRange } from '../../host/kernel/id-ranges';
import { naming, isThere } from '../../host/state/file-error';
import { native } from '../../host/native';
import { lockFile } from '../../host/state/file-lock';
import { idRecordPath, idRootsPath, runPaths, statePaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import {
  readRecord,
  removeRecord,
  removeUnfinishedRecords,
  writeRecord,
} from '../../host/state/record-file';
import { makeOwnFolder } from '../../host/state/own-folder';

/** A range that a domain keeps. */
interface IdRecord extends HostRange {
  readonly name: string;
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Ranges begin at multiples of this, so that the ids of one container can be told at a glance: `first >> 16`. */
const alignment = 0x10000;

/** How long a record without a domain is kept: an interrupted undefine has left it, or its start is in progress. */
const abandonedMilliseconds = 24 * 60 * 60 * 1000;

/** The definition with its ranges chosen and recorded; unchanged when it leaves nothing to choose. */
export async function claimIds(
  paths: StatePaths,
  definition: DomainDefinition,
  defined: () => Promise<readonly HostRange[]>,
): Promise<DomainDefinition> {
  const { name, uuid, extension } = definition;
  const { idAllocation } = extension;
  if (idAllocation === undefined) return definition;
  const { count } = idAllocation;
  const first = await underHostLock(paths, async (roots) => {
    const own = recordOf(paths, definition);
    const others = roots.flatMap((root) => {
      const all = records(statePaths(root));
      // Another root may have a domain of the same name and UUID, which is another domain all the same.
      if (!isSameRoot(root, paths.root)) return all;
      return all.filter((other) => other.uuid !== uuid);
    });
    const taken = [...others, ...(await idsInUse())];
    if (own?.count === count && !overlapsAny(own, taken)) return own.first;
    forgetAbandoned(paths);
    const found = findFree(definition, [...taken, ...subordinateIds(), ...(await defined())]);
    const record: IdRecord = { name, uuid, first: found, count, time: Date.now() };
    writeRecord(idRecordPath(paths, name), record);
    return found;
  });
  return withAllocatedIds(definition, first);
}

/** What `claimIds` would choose, as far as can be said without a look at other domains and processes. Claims nothing. */
export function previewIds(paths: StatePaths, definition: DomainDefinition): DomainDefinition {
  const { idAllocation } = definition.extension;
  if (idAllocation === undefined) return definition;
  const own = recordOf(paths, definition);
  const first =
    own?.count === idAllocation.count ? own.first : findFree(definition, subordinateIds());
  return withAllocatedIds(definition, first);
}

/** Whether the domain has been started with ids that were allocated for it, which it keeps until it is undefined. */
export function hasAllocatedIds(
  paths: StatePaths,
  domain: Pick<DomainDefinition, 'name' | 'uuid'>,
): boolean {
  return recordOf(paths, domain) !== undefined;
}

/** Gives a domain's range back, and what an interrupted rename has recorded for another name of it. */
export function releaseIds(paths: StatePaths, name: string): void {
  const uuid = readIdRecord(idRecordPath(paths, name))?.uuid;
  const same = uuid === undefined ? [] : records(paths).filter((other) => other.uuid === uuid);
  for (const other of same) releaseName(paths, other.name);
  releaseName(paths, name);
}

/** Removes the record for a name of a domain that keeps its range under another name. */
export function releaseName(paths: StatePaths, name: string): void {
  removeRecord(idRecordPath(paths, name));
}

/** Takes a root that no longer has any allocated ids off the list of roots. The file stays, since it is the lock, too. */
export function forgetIdRoot(paths: StatePaths): void {
  if (!isThere(idRootsPath)) return;
  const fd = openSync(idRootsPath, 'r+');
  try {
    // A process that holds the lock is allocating ids, and passes over roots that have none.
    if (!native().tryFlock(fd, 'exclusive')) return;
    const known = readFileSync(idRootsPath, 'utf8').split('\n').filter(hasRecords);
    const others = known.filter((root) => !isSameRoot(root, paths.root));
    // Shorter than the present text, so that this needs no room on a full disk.
    ftruncateSync(fd, writeSync(fd, others.map((root) => `${root}\n`).join(''), 0));
  } finally {
    closeSync(fd);
  }
}

/** Records the range of a domain for a second name of it, as long as either may be its name. */
export async function shareIds(
  paths: StatePaths,
  { from, to, uuid }: { readonly from: string; readonly to: string; readonly uuid: string },
): Promise<void> {
  if (readIdRecord(idRecordPath(paths, from))?.uuid !== uuid) return;
  await underHostLock(paths, async () => {
    const record = readIdRecord(idRecordPath(paths, from));
    if (record?.uuid === uuid) writeRecord(idRecordPath(paths, to), { ...record, name: to });
    await Promise.resolve();
  });
}

/**
 * The first id of a free range. Each domain begins to search at a place of its own, so that a range that was given back
 * does not go to the next domain, which would own the files that the former one has left.
 */
function findFree(definition: DomainDefinition, taken: readonly HostRange[]): number {
  const { uuid, extension } = definition;
  const count = extension.idAllocation?.count ?? alignment;
  const places = Math.floor((allocatable.count - count) / alignment) + 1;
  const start = createHash('sha256').update(uuid).digest().readUIntBE(0, 6) % places;
  for (let step = 0; step < places; step += 1) {
    const first = allocatable.first + ((start + step) % places) * alignment;
    if (!overlapsAny({ first, count }, taken)) return first;
  }
  const detail = `no range of ${count} ids is free on this host${wayBack(definition)}`;
  throw new TslxcError('OPERATION_FAILED', detail, {
    domain: definition.name,
    step: 'allocate ids of the host',
  });
}

function overlapsAny(range: HostRange, others: readonly HostRange[]): boolean {
  return others.some(
    ({ first, count }) => first < range.first + range.count && range.first < first + count,
  );
}

function recordOf(
  paths: StatePaths,
  { name, uuid }: Pick<DomainDefinition, 'name' | 'uuid'>,
): IdRecord | undefined {
  const record = readIdRecord(idRecordPath(paths, name));
  return record?.uuid === uuid ? record : undefined;
}

function records(paths: StatePaths): IdRecord[] {
  const folder = dirname(idRecordPath(paths, ''));
  return list(folder).flatMap((file) => {
    const record = file.endsWith('.json') ? readIdRecord(join(folder, file)) : undefined;
    return record === undefined ? [] : [record];
  });
}

function readIdRecord(path: string): IdRecord | undefined {
  const record = readRecord(path) as Partial<IdRecord> | undefined;
  const isWhole =
    typeof record?.first === 'number' &&
    typeof record.count === 'number' &&
    typeof record.name === 'string';
  return isWhole ? (record as IdRecord) : undefined;
}

/**
 * Removes abandoned records, under the host's lock, which every writer of a record holds: a half-written one is from a
 * writer that was killed.
 */
function forgetAbandoned(paths: StatePaths): void {
  removeUnfinishedRecords(dirname(idRecordPath(paths, '')));
  for (const { name, time } of records(paths)) {
    const isKept =
      Date.now() - time < abandonedMilliseconds ||
      isThere(join(paths.definitions, `${name}.xml`)) ||
      isThere(runPaths(paths, name).start);
    if (!isKept) releaseName(paths, name);
  }
}

/** Runs `action` alone on this host, with this root and all others that have records; this one is on the list from now on. */
async function underHostLock<T>(
  paths: StatePaths,
  action: (roots: readonly string[]) => Promise<T>,
): Promise<T> {
  makeOwnFolder(dirname(idRootsPath));
  const fd = openSync(idRootsPath, 'a+', 0o600);
  try {
    await lockFile(fd);
    const text = readFileSync(idRootsPath, 'utf8');
    const known = text.split('\n').filter(hasRecords);
    if (!known.includes(paths.root)) addRoot(fd, text, paths.root);
    return await action([...new Set([...known, paths.root])]);
  } finally {
    closeSync(fd);
  }
}

/** Appends the root, so that no other root is lost when the disk is full. */
function addRoot(fd: number, text: string, root: string): void {
  // A process that died, or found the disk full, may have left half a line.
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  try {
    appendFileSync(fd, `${start}${root}\n`);
  } catch (error) {
    throw naming(idRootsPath, error);
  }
}

/** A root may be reached by several paths, and may be gone by now. */
function isSameRoot(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

function hasRecords(root: string): boolean {
  return root !== '' && isThere(dirname(idRecordPath(statePaths(root), '')));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}
