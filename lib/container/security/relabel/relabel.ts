/**
 * Labels the sources of a container: whatever is refused is refused before anything is changed, and each change is
 * recorded before it is made. restore.ts undoes it.
 */
import { constants as system } from 'node:os';
import { TslxcError } from '../../../errors';
import type { ErrorCode } from '../../../errors';
import { definitionError } from '../../../domain/xml/source-location';
import type { SourceLocation } from '../../../domain/xml/source-location';
import { fileError } from '../../../host/state/file-error';
import { pathsTo } from '../../../host/kernel/mount-table';
import { native } from '../../../host/native';
import { hiddenDirectories } from '../../../host/state/state-paths';
import type { StatePaths } from '../../../host/state/state-paths';
import { untilAllAnswer } from './answering';
import { withLabels } from './label-registry';
import type { LabelledSource, LabelRegistry } from './label-registry';
import { labelStep, selinuxNames, walkSource } from './label-walk';
import type { LabelNames, WalkOptions } from './label-walk';
import { located, LocatedIndex, openSource, overlaps } from './labelled-place';
import type { OpenSource } from './labelled-place';
import { restoreUnused, throwAny } from './restore';
import { systemPart } from './system-directories';
import type { Labelled } from './system-directories';

/** A file, directory, device node or socket of the host, and the label that it is to have. */
export interface RelabelledSource {
  readonly path: string;
  readonly label: string;
  /** Where the definition names it. */
  readonly place?: SourceLocation;
  /** What to do when its file system is read-only, or keeps no labels. Default: refuse. */
  readonly whenImpossible?: 'refuse' | 'skip';
  /** Whether the container is shown what is mounted below it, too. */
  readonly recursive?: boolean;
}

export interface CheckOptions {
  readonly paths: StatePaths;
  /** Whether system directories may be labelled. `/` is refused all the same. */
  readonly force?: boolean;
}

export interface RelabelRequest extends WalkOptions, CheckOptions {
  /** The domain that the sources are for, as restoreSources() takes it. */
  readonly user: string;
  readonly sources: readonly RelabelledSource[];
  readonly names?: LabelNames;
}

/** A source that could not be labelled, and that may be skipped. */
export interface SkippedSource {
  readonly path: string;
  /** EROFS or ENOTSUP. */
  readonly errno: number;
}

/**
 * Returns if each source exists, is not part of the host's system, and gets one label only. Changes nothing, but opens
 * the sources: only for those that have answered.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED, TslxcError for a source without a place in a definition.
 */
export function checkRelabel(sources: readonly RelabelledSource[], options: CheckOptions): void {
  for (const source of sources) {
    using open = opened(source);
    checkPlace(source, open, options);
  }
  checkOneLabel(sources);
}

function checkPlace(
  source: RelabelledSource,
  open: OpenSource,
  { paths, force = false }: CheckOptions,
): void {
  const { own, inside } = pathsTo(open.place);
  const everywhere = [open.path, ...own];
  if (everywhere.includes('/')) throw refused('the root of the host can’t be labelled', source);
  if (force) return;
  const kind = kindOf(open.state);
  const major = majorOf(open.state.rdev);
  const ours = hiddenDirectories(paths);
  const isSystem = (path: string): boolean =>
    systemPart({ path, kind: 'directory' }, ours) !== undefined;
  const within = inside.find(isSystem);
  const [hit] = [
    ...everywhere.map((path) => systemPart({ path, kind, major }, ours)),
    within === undefined ? undefined : `${within}, which lies in it`,
  ].filter((one) => one !== undefined);
  if (hit === undefined) return;
  const detail =
    `'${source.path}' can't be labelled for a container: that is ${hit}; ` +
    `<tslxc:relabel system='yes'/> labels it all the same, and relabel='no' leaves it as it is`;
  throw refused(detail, source);
}

/**
 * Gives every inode of the sources its label, unless another container needs another one there. It can be repeated, and
 * undone by restoreSources(), at whatever point it has ended.
 *
 * @throws as checkRelabel(), for what is there by now; RESOURCE_BUSY when another domain has given a source, or
 * something that overlaps it, another label; SyscallError with the path of the inode; OPERATION_TIMEOUT for a source
 * that does not answer before it is opened; OPERATION_ABORTED.
 */
export async function relabelSources(request: RelabelRequest): Promise<readonly SkippedSource[]> {
  const { paths, user, sources, names = selinuxNames } = request;
  if (sources.length === 0) return [];
  return await withLabels(paths, async (registry) => {
    const unrestored = await restoreUnused(registry, { ...request, names });
    await untilAllAnswer(sources, request.signal);
    checkOneLabel(sources);
    // Sources elsewhere that could not be restored are no obstacle.
    const places = sources.map(({ path }) => located(path));
    const concerns = (path: string): boolean =>
      places.some((one) => overlaps(registry.locate(path), one));
    throwAny(unrestored.filter(({ path }) => concerns(path)));
    // Each is opened once, so that the same file is checked, recorded and walked, whatever its owner does.
    using opens = new OpenSources(sources);
    const targets = opens.map((source, open): Target => {
      checkPlace(source, open, request);
      checkUsers(registry, source, { path: open.path, user });
      return { source, open, wanted: registered(registry, source, { open, user }) };
    });
    const before = registry.sources;
    await registry.replace(merged(before, wantedOf(targets)));
    const skipped: SkippedSource[] = [];
    const labelled: Target[] = [];
    for (const target of targets) {
      const errno = await label(registry, target, { ...request, names });
      if (errno === undefined) labelled.push(target);
      else skipped.push({ path: target.source.path, errno });
    }
    const done = wantedOf(labelled).map((source) => ({ ...source, phase: 'labelled' as const }));
    await registry.replace(merged(before, done));
    return skipped;
  });
}

/** A source, and its record, which is written before the source is changed. */
interface Target {
  readonly source: RelabelledSource;
  readonly open: OpenSource;
  readonly wanted: LabelledSource;
}

function wantedOf(targets: readonly Target[]): LabelledSource[] {
  return targets.map(({ wanted }) => wanted);
}

/** Resolves with the errno if the source was skipped, in which case nothing of it is changed. */
async function label(
  registry: LabelRegistry,
  { source, open }: Target,
  options: WalkOptions & { readonly names: LabelNames },
): Promise<number | undefined> {
  const { names } = options;
  // Files that a container has made there had its label from the start, and no former label to remember.
  const made = registry.overlapping(open.path).some(({ phase }) => phase === 'labelled');
  const labels = { ...names, label: source.label, same: made ? 'leave' : 'remember' } as const;
  try {
    await walkSource({ ...open, step: labelStep }, options, (fd, report) =>
      native().relabelTree(fd, labels, report),
    );
    return undefined;
  } catch (error) {
    const { errno = 0, path } = error as TslxcError;
    const { EROFS, ENOTSUP } = system.errno;
    // The top comes first: after a failure deeper inside, a part of the source is labelled.
    const isWhole = path === open.path && [EROFS, ENOTSUP].includes(errno);
    if (source.whenImpossible === 'skip' && isWhole) return errno;
    throw error;
  }
}

/** Refuses a source that overlaps one which another domain uses with another label now. */
function checkUsers(
  registry: LabelRegistry,
  source: RelabelledSource,
  { path, user }: { readonly path: string; readonly user: string },
): void {
  for (const other of registry.overlapping(path)) {
    const domain = other.users.find((one) => one !== user);
    if (domain === undefined || other.label === source.label) continue;
    const what = other.path === path ? '' : `'${other.path}', which overlaps it, `;
    const detail = `'${source.path}' can't be labelled ${source.label}: ${what}is labelled ${other.label} for ${domain}`;
    throw refused(detail, source, 'RESOURCE_BUSY');
  }
}

/** Refuses sources of one container that overlap, or are the same, and are to get different labels. */
function checkOneLabel(sources: readonly RelabelledSource[]): void {
  const byLabel = new Map<string, LocatedIndex<RelabelledSource>>();
  for (const source of sources) {
    const where = located(source.path);
    const others = [...byLabel].filter(([label]) => label !== source.label);
    const other = others.map(([, index]) => index.overlapping(where)).find((one) => one);
    if (other !== undefined) {
      const detail = `'${source.path}' can't be labelled ${source.label}: '${other.path}' overlaps it, and is to be labelled ${other.label}`;
      throw refused(detail, source);
    }
    const same = byLabel.get(source.label) ?? new LocatedIndex<RelabelledSource>();
    byLabel.set(source.label, same);
    same.add(where, source);
  }
}

function registered(
  registry: LabelRegistry,
  { label }: RelabelledSource,
  { open, user }: { readonly open: OpenSource; readonly user: string },
): LabelledSource {
  const { path, state, mountPoint } = open;
  const known = registry.sources.find((one) => one.path === path);
  const users = [...new Set([...(known?.users ?? []), user])];
  // A different label on record is from a failed start of this domain alone.
  const phase = known?.label === label ? known.phase : 'labelling';
  return { path, inode: state.ino, mountPoint, label, users, phase };
}

function merged(
  sources: readonly LabelledSource[],
  changed: readonly LabelledSource[],
): LabelledSource[] {
  const byPath = new Map([...sources, ...changed].map((source) => [source.path, source]));
  return [...byPath.values()];
}

/** All sources, open until this is disposed of. */
class OpenSources implements Disposable {
  readonly #opens = new Map<RelabelledSource, OpenSource & Disposable>();

  constructor(sources: readonly RelabelledSource[]) {
    try {
      for (const source of sources) this.#opens.set(source, opened(source));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  map<T>(use: (source: RelabelledSource, open: OpenSource) => T): T[] {
    return [...this.#opens].map(([source, open]) => use(source, open));
  }

  [Symbol.dispose](): void {
    for (const open of this.#opens.values()) open[Symbol.dispose]();
  }
}

/** @throws DefinitionError or TslxcError for a source that does not exist, SyscallError for one that can't be opened. */
function opened(source: RelabelledSource): OpenSource & Disposable {
  try {
    return openSource(source.path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) throw refused(`'${source.path}' can't be labelled: it does not exist`, source);
    throw fileError(error, 'open a source');
  }
}

/** The major number in makedev(3)'s format: 12 bits, as many as the kernel uses. */
function majorOf(device: number): number {
  return (device >> 8) & 0xfff;
}

function kindOf(state: OpenSource['state']): Labelled['kind'] {
  if (state.isDirectory()) return 'directory';
  if (state.isFile()) return 'file';
  return state.isCharacterDevice() || state.isBlockDevice() ? 'device' : 'other';
}

function refused(
  detail: string,
  { place, path }: RelabelledSource,
  code: ErrorCode = 'CONFIG_UNSUPPORTED',
): TslxcError {
  return place === undefined
    ? new TslxcError(code, detail, { path })
    : Object.assign(definitionError(code, detail, place), { path });
}
