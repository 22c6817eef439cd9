/**
 * The record of a domain's snapshots, and of a change of its trees that is in progress: one file, named after the domain's uuid,
 * which is replaced atomically and survives a boot. It is authoritative: a snapshot exists from the moment it is in the file.
 * Clones that are being made have a folder of their own: nothing else looks for a clone that is never completed, and the few that
 * there are can be found without reading the records of all snapshots.
 */
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SnapshotDescription } from '../../domain/snapshot';
import type { OwnTree } from '../../domain/filesystem/own-trees';
import { TslxcError } from '../../errors';
import { flushDirectory, replaceFile } from '../../host/state/durable-file';
import { fileError, isThere } from '../../host/state/file-error';
import { readPlain } from '../../host/state/plain-file';
import type { StatePaths } from '../../host/state/state-paths';
import { parseRecord } from '../../host/state/record-file';
import { inKnownFormat, isNewer, newerRecord, withFormat } from '../../host/state/record-format';
import type { Identity } from '../../host/state/definitions/definition-store';
import { makeOwnFolder } from '../../host/state/own-folder';

/** A tree of a snapshot. */
export interface KeptTree extends Pick<OwnTree, 'target' | 'kind'> {
  /** The directory that was copied: a root, or the `upper` of a layer. */
  readonly path: string;
  /** Its copy. */
  readonly kept: string;
}

export interface SnapshotRecord extends SnapshotDescription {
  readonly trees: readonly KeptTree[];
}

/** A tree that is moved into place. `fill`: it replaces an empty directory; `exchange`: it changes places with another tree. */
export interface Move {
  readonly how: 'fill' | 'exchange';
  readonly from: string;
  readonly to: string;
}

/** A change in progress. A process that finds it undoes it if it is not committed, and completes it if it is. */
export interface Change {
  readonly stage: 'making' | 'committed';
  /** A `clone` is on record for the new domain, and is committed by storing its definition. */
  readonly kind: 'snapshot' | 'revert' | 'removal' | 'clone';
  /** Unique. */
  readonly mark: string;
  /** Trees that are being made. */
  readonly staged: readonly string[];
  /** Places reserved for them by empty directories. */
  readonly held: readonly string[];
  /** What is to be done once it is committed; so are `discards` and `xml`. */
  readonly moves: readonly Move[];
  /** Trees to be removed. */
  readonly discards: readonly string[];
  /** The definition to be stored. */
  readonly xml?: string;
}

const kindsOfChange: Readonly<Record<Change['kind'], true>> = {
  snapshot: true,
  revert: true,
  removal: true,
  clone: true,
};

export interface Catalogue extends Identity {
  /** The name of the snapshot that was made or reverted to last. */
  readonly current?: string;
  /** In the order in which they were made. */
  readonly snapshots: readonly SnapshotRecord[];
  readonly change?: Change;
}

const suffix = '.json';
const recording = 'record the snapshots of a domain';

const folders = ['snapshots', 'clones'] as const;
type Folder = (typeof folders)[number];

function folderOf({ library }: StatePaths, folder: Folder): string {
  return join(library, folder);
}

export function cataloguePath(
  paths: StatePaths,
  uuid: string,
  folder: Folder = 'snapshots',
): string {
  return join(folderOf(paths, folder), `${uuid}${suffix}`);
}

/** A cheap check for callers that usually have nothing to do. */
export function hasCatalogue(paths: StatePaths, { uuid }: Identity): boolean {
  return folders.some((folder) => isThere(cataloguePath(paths, uuid, folder)));
}

/**
 * @throws TslxcError INTERNAL_ERROR for a file that something else has written, OPERATION_UNSUPPORTED for one of a newer version;
 * SyscallError.
 */
export function readCatalogue(paths: StatePaths, { name, uuid }: Identity): Catalogue {
  // It may have been renamed.
  const [found] = folders.flatMap((folder) => readIn(paths, uuid, folder) ?? []);
  return { ...(found ?? { uuid, snapshots: [] }), name };
}

function readIn(paths: StatePaths, uuid: string, folder: Folder): Catalogue | undefined {
  const path = cataloguePath(paths, uuid, folder);
  const found = readPlain(path);
  if (found.kind === 'missing') return undefined;
  const content = found.kind === 'file' ? parseRecord(found.content) : undefined;
  if (content === undefined) throw new TslxcError('INTERNAL_ERROR', `${path} is damaged`, { path });
  const catalogue = inKnownFormat(path, content) as Catalogue;
  const { kind = 'snapshot' } = catalogue.change ?? {};
  if (Object.hasOwn(kindsOfChange, kind)) return catalogue;
  throw newerRecord(path, `with the change '${kind}' in progress`);
}

/** Replaces the file, or removes it if there is nothing to record. */
export async function writeCatalogue(paths: StatePaths, catalogue: Catalogue): Promise<void> {
  const { uuid, snapshots, change } = catalogue;
  const path = cataloguePath(paths, uuid, change?.kind === 'clone' ? 'clones' : 'snapshots');
  if (snapshots.length === 0 && change === undefined) return removeCatalogue(path);
  try {
    makeOwnFolder(dirname(path));
    await replaceFile(path, `${JSON.stringify(withFormat(catalogue))}\n`);
  } catch (error) {
    throw fileError(error, recording);
  }
}

async function removeCatalogue(path: string): Promise<void> {
  if (!isThere(path)) return;
  try {
    rmSync(path, { force: true });
    await flushDirectory(dirname(path));
  } catch (error) {
    throw fileError(error, recording);
  }
}

/** Takes the change, which is over, off the record. */
export async function endChange(paths: StatePaths, catalogue: Catalogue): Promise<void> {
  const { change, ...rest } = catalogue;
  if (change?.kind === 'clone') await removeCatalogue(cataloguePath(paths, rest.uuid, 'clones'));
  else await writeCatalogue(paths, rest);
}

/** All readable records in a folder, with the names that their domains had when they were written. */
export function cataloguesIn(paths: StatePaths, folder: Folder): Catalogue[] {
  return uuidsIn(folderOf(paths, folder)).flatMap((uuid) => {
    try {
      return readIn(paths, uuid, folder) ?? [];
    } catch (error) {
      if (!TslxcError.is(error, 'INTERNAL_ERROR') && !isNewer(error)) throw error;
      return [];
    }
  });
}

export function allCatalogues(paths: StatePaths): Catalogue[] {
  return folders.flatMap((folder) => cataloguesIn(paths, folder));
}

function uuidsIn(folder: string): string[] {
  if (!isThere(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => basename(file, suffix));
}

export function snapshotNamed({ snapshots }: Catalogue, name: string): SnapshotRecord {
  const found = snapshots.find((snapshot) => snapshot.name === name);
  if (found !== undefined) return found;
  const detail = `no domain snapshot with matching name '${name}'`;
  throw new TslxcError('NO_DOMAIN_SNAPSHOT', detail);
}
