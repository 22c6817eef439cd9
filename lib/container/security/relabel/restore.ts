/**
 * Undoes relabel.ts: a source gets its own labels again when its last user, and the last user of what overlaps it, has
 * ended. If this is interrupted, the next start, clean-up or purge repeats it.
 */
import { constants as system } from 'node:os';
import { TslxcError } from '../../../errors';
import { fileError, hasErrno } from '../../../host/state/file-error';
import { native } from '../../../host/native';
import type { StatePaths } from '../../../host/state/state-paths';
import { readLabels, withLabels } from './label-registry';
import type { LabelledSource, LabelRegistry } from './label-registry';
import { labelStep, selinuxNames, walkSource } from './label-walk';
import type { LabelNames, WalkOptions } from './label-walk';
import { mountPointOf, openSource } from './labelled-place';

export interface RestoreRequest extends WalkOptions {
  readonly paths: StatePaths;
  readonly user: string;
  readonly names?: LabelNames;
}

export interface RecoverRequest extends WalkOptions {
  readonly paths: StatePaths;
  /**
   * Whether anything of this domain is left, a start in progress included. Must take no lock: it is called while labels
   * are locked.
   */
  readonly isAlive: (user: string) => boolean;
  readonly names?: LabelNames;
}

type RestoreOptions = WalkOptions & { readonly names: LabelNames };

/** What became of a source. */
type Outcome = 'restored' | 'memories left' | 'gone' | 'out of reach';

/**
 * Undoes relabelSources(); does nothing if that has never begun, or all is restored.
 *
 * @throws what kept a source from being restored, after everything was tried: AggregateError for several. It stays on record.
 */
export async function restoreSources({
  user,
  names = selinuxNames,
  ...request
}: RestoreRequest): Promise<void> {
  await release((other) => other === user, { ...request, names, only: 'own' });
}

/** The same for one of the sources that the domain uses. Does nothing if that is not labelled for it. */
export async function restoreSource({
  user,
  path,
  names = selinuxNames,
  ...request
}: RestoreRequest & { readonly path: string }): Promise<void> {
  const isGone = (other: string, source: LabelledSource): boolean =>
    other === user && source.path === path;
  await release(isGone, { ...request, names, only: 'own' });
}

/** Restores what was labelled for domains of which nothing is left: their callers were killed, or the host rebooted. */
export async function recoverLabels({
  isAlive,
  names = selinuxNames,
  ...request
}: RecoverRequest): Promise<void> {
  await release((user) => !isAlive(user), { ...request, names, only: 'all' });
}

interface Release extends RestoreOptions {
  readonly paths: StatePaths;
  /** Whose failures are thrown: of the sources that have lost a user, or of all. */
  readonly only: 'own' | 'all';
}

async function release(
  isGone: (user: string, source: LabelledSource) => boolean,
  { paths, only, ...options }: Release,
): Promise<void> {
  const losesUsers = (source: LabelledSource): boolean =>
    source.users.some((user) => isGone(user, source));
  const concerns = (source: LabelledSource): boolean =>
    source.users.length === 0 || losesUsers(source);
  // This runs before every command: no lock is taken where there is nothing to do.
  if (readLabels(paths)?.some(concerns) !== true) return;
  await withLabels(paths, async (registry) => {
    const own = registry.sources.filter((source) => only === 'all' || losesUsers(source));
    if (registry.sources.some(losesUsers)) {
      const remaining = registry.sources.map((source) => ({
        ...source,
        users: source.users.filter((user) => !isGone(user, source)),
      }));
      await registry.replace(remaining);
    }
    const failures = await restoreUnused(registry, options);
    throwAny(failures.filter(({ path }) => only === 'all' || own.some(isOf({ path }))));
  });
}

/** A source that keeps its label, and stays on record. */
export interface Unrestored {
  readonly path: string;
  readonly error: unknown;
}

/**
 * Restores the sources that no domain uses any more; resolves with those that could not be restored. Sources that wait
 * for a file system to be mounted again are no failure, and stay on record as well.
 */
export async function restoreUnused(
  registry: LabelRegistry,
  options: RestoreOptions,
): Promise<readonly Unrestored[]> {
  const failures: Unrestored[] = [];
  const finished = new Set<string>();
  const unused = registry.unused();
  const again: LabelledSource[] = [];
  const tryOne = async (source: LabelledSource): Promise<void> => {
    try {
      registry.checkAnswers(source.path);
      const outcome = await restore(source, options);
      if (outcome === 'memories left') again.push({ ...source, phase: 'labelling' });
      else if (outcome !== 'out of reach') finished.add(source.path);
    } catch (error) {
      failures.push({ path: source.path, error });
    }
  };
  for (const source of unused) await tryOne(source);
  if (again.length > 0) {
    // From here on, a label that looks like the container's is the inode's own.
    await registry.replace(registry.sources.map((one) => again.find(isOf(one)) ?? one));
    for (const source of again.splice(0)) await tryOne(source);
  }
  if (finished.size > 0) {
    await registry.replace(registry.sources.filter(({ path }) => !finished.has(path)));
  }
  return failures;
}

/** @throws what kept one from being restored, AggregateError for several. */
export function throwAny(failures: readonly Unrestored[]): void {
  if (failures.length === 0) return;
  if (failures.length === 1) throw failures[0]?.error;
  throw new AggregateError(
    failures.map(({ error }) => error),
    'several sources keep their labels',
  );
}

function isOf({ path }: Pick<LabelledSource, 'path'>): (other: LabelledSource) => boolean {
  return (other) => other.path === path;
}

async function restore(source: LabelledSource, options: RestoreOptions): Promise<Outcome> {
  const made = source.phase === 'labelled' ? { made: source.label } : {};
  const labels = { ...options.names, ...made };
  try {
    using open = openSource(source.path);
    if (open.path !== source.path || open.state.ino !== source.inode) return absence(source);
    const left = await walkSource({ ...open, step: labelStep }, options, (fd, report) =>
      native().restoreTree(fd, labels, report),
    );
    return left ? 'memories left' : 'restored';
  } catch (error) {
    if (TslxcError.is(error)) throw error;
    const { ENOENT, ENOTDIR, ELOOP } = system.errno;
    if ([ENOENT, ENOTDIR, ELOOP].some((errno) => hasErrno(error, errno))) return absence(source);
    throw fileError(error, 'open a source');
  }
}

/** Its owner has removed it, or its file system isn't mounted now. */
function absence({ path, mountPoint }: LabelledSource): Outcome {
  return mountPointOf(path) === mountPoint ? 'gone' : 'out of reach';
}
