/**
 * The record of which sources have the label of which containers. It is kept on disk, as labels are. A source is
 * recorded before its first inode is changed, and forgotten when the last one has its own label again.
 */
import { TslxcError } from '../../../errors';
import { replaceFile } from '../../../host/state/durable-file';
import { fileError } from '../../../host/state/file-error';
import { findRecord } from '../../../host/state/record-file';
import { labelsPath } from '../../../host/state/state-paths';
import type { StatePaths } from '../../../host/state/state-paths';
import { withLock } from '../../../host/state/named-lock';
import { unanswered } from './answering';
import { located, overlaps } from './labelled-place';
import type { Located } from './labelled-place';
import { makeOwnFolder } from '../../../host/state/own-folder';

/** A source that has, or is to get, a label that isn't its own. */
export interface LabelledSource {
  /** Without symbolic links. */
  readonly path: string;
  readonly inode: number;
  /** Where its file system is mounted: tells whether a missing source is gone for good, or just not mounted now. */
  readonly mountPoint: string;
  readonly label: string;
  /** Domains that use it; empty when it is waiting to be restored. */
  readonly users: readonly string[];
  /** `labelled`: a container may have run, and have made files that had the label from the start. */
  readonly phase: 'labelling' | 'labelled';
}

interface LabelRecord {
  readonly version: 1;
  readonly sources: readonly LabelledSource[];
}

/** The sources, while no other process labels or restores any. */
export class LabelRegistry {
  readonly #paths: StatePaths;
  readonly #located = new Map<string, Located>();
  readonly #unanswered: ReadonlyMap<string, unknown>;
  #sources: readonly LabelledSource[];

  private constructor(
    paths: StatePaths,
    sources: readonly LabelledSource[],
    silent: ReadonlyMap<string, unknown>,
  ) {
    this.#paths = paths;
    this.#sources = sources;
    this.#unanswered = silent;
  }

  /** The registry as it is on disk. Recorded sources that do not answer are never opened. @throws as readLabels. */
  static async read(paths: StatePaths): Promise<LabelRegistry> {
    const sources = readLabels(paths) ?? [];
    return new LabelRegistry(paths, sources, await unanswered(sources.map(({ path }) => path)));
  }

  get sources(): readonly LabelledSource[] {
    return this.#sources;
  }

  /** The sources that a walk over the path would visit, or a walk over which would visit the path. */
  overlapping(path: string): LabelledSource[] {
    return this.#sources.filter((source) => this.#overlap(source.path, path));
  }

  /** The sources without users that overlap no source with users; the outermost first. */
  unused(): LabelledSource[] {
    const used = this.#sources.filter(({ users }) => users.length > 0);
    return this.#sources
      .filter(({ users }) => users.length === 0)
      .filter(({ path }) => !used.some((other) => this.#overlap(other.path, path)))
      .sort((a, b) => a.path.length - b.path.length);
  }

  /** Resolves once the sources are on disk. */
  async replace(sources: readonly LabelledSource[]): Promise<void> {
    const record: LabelRecord = { version: 1, sources };
    try {
      makeOwnFolder(this.#paths.library);
      await replaceFile(labelsPath(this.#paths), `${JSON.stringify(record)}\n`);
    } catch (error) {
      throw fileError(error, 'record the labels of sources');
    }
    this.#sources = sources;
  }

  /** Returns for a source that this process may open. @throws why it does not answer. */
  checkAnswers(path: string): void {
    if (this.#unanswered.has(path)) throw this.#unanswered.get(path);
  }

  /** Where a source lies; of one that does not answer only the path is known. */
  locate(path: string): Located {
    const known =
      this.#located.get(path) ?? (this.#unanswered.has(path) ? { path } : located(path));
    this.#located.set(path, known);
    return known;
  }

  #overlap(one: string, other: string): boolean {
    return overlaps(this.locate(one), this.locate(other));
  }
}

/**
 * Runs `action` while no other process labels or restores sources. Not re-entrant; a domain's lock is taken before this
 * one.
 */
export async function withLabels<T>(
  paths: StatePaths,
  action: (registry: LabelRegistry) => Promise<T>,
): Promise<T> {
  const lock = { name: 'labels', step: 'lock the labels of sources' };
  return await withLock(paths, lock, async () => action(await LabelRegistry.read(paths)));
}

/**
 * Undefined when nothing has been labelled yet.
 *
 * @throws TslxcError OPERATION_FAILED when the record is damaged, or of another version; SyscallError.
 */
export function readLabels(paths: StatePaths): readonly LabelledSource[] | undefined {
  const path = labelsPath(paths);
  const found = findRecord(path);
  if (found === undefined) return undefined;
  const { version, sources } = (found.content ?? {}) as Partial<LabelRecord>;
  if (version === 1 && sources !== undefined) return sources;
  throw new TslxcError('OPERATION_FAILED', `${path} is damaged, or of another version`, { path });
}
