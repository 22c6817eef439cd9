/**
 * Labels for the sources of a container: everything that is refused is refused before anything is changed, and what is
 * changed is on record before. restore.ts gives all back.
 */
import { constants as system } from 'node:os';
import { TslxcError } from '../../../errors';
import type { ErrorCode } from '../../../errors';
import { definitionError } from '../../../domain/xml/source-location';
import type { SourceLocation } from '../../../domain/xml/source-location';
import { fileError } from '../../../host/state/file-error';
import { native } from '../../../host/native';
import { hiddenDirectories } from '../../../host/state/state-paths';
import type { StatePaths } from '../../../host/state/state-paths';
import { untilAllAnswer } from './answering';
import { withLabels } from './label-registry';
import type { LabelledSource, LabelRegistry } from './label-registry';
import { labelStep, selinuxNames, walkSource } from './label-walk';
import type { LabelNames, WalkOptions } from './label-walk';
import { located, openSource, otherPaths, overlaps } from './labelled-place';
import type { OpenSource } from './labelled-place';
import { restoreUnused, throwAny } from './restore';
import { systemPart } from './system-directories';
import type { Labelled } from './system-directories';

/** A file, directory, device node or socket of the host, and the label that it is to have. */
export interface RelabelledSource {
  readonly path: string;
  readonly label: string;
  /** Where the definition speaks of it. */
  readonly place?: SourceLocation;
  /** When its file system is read-only, or keeps no labels. Default: refuse. */
  readonly whenImpossible?: 'refuse' | 'skip';
  /** Whether the container is shown what is mounted below it. */
  readonly recursive?: boolean;
}

export interface CheckOptions {
  readonly paths: StatePaths;
  /** System directories may be labelled. `/` may not all the same. */
  readonly force?: boolean;
}

export interface RelabelRequest extends WalkOptions, CheckOptions {
  /** The domain that the sources are for; what restoreSources() takes. */
  readonly user: string;
  readonly sources: readonly RelabelledSource[];
  readonly names?: LabelNames;
}

/** A source that could not be labelled, and was not to be refused. */
export interface SkippedSource {
  readonly path: string;
  /** EROFS or ENOTSUP. */
  readonly errno: number;
}

/**
 * Returns when each source is there, is none that the host lives in, and gets one label. Changes nothing. Opens them: call it for
 * such as have answered.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED, TslxcError where there is no place in a definition.
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
  const { own, inside } = otherPaths(open);
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
 * Gives every inode of the sources its label, once no other container needs another one there. To be done again, and to be undone by
 * restoreSources(), at whichever point it has ended.
 *
 * @throws as checkRelabel(), for what is there by now; RESOURCE_BUSY when another domain has labelled a source, what is in it or
 *   what it lies in, in another way; SyscallError with the path of the inode; OPERATION_TIMEOUT for a source that does not
 *   answer before it is opened; OPERATION_ABORTED.
 */
export async function relabelSources(request: RelabelRequest): Promise<readonly SkippedSource[]> {
  const { paths, user, sources, names = selinuxNames } = request;
  if (sources.length === 0) return [];
  return await withLabels(paths, async (registry) => {
    const unrestored = await restoreUnused(registry, { ...request, names });
    await untilAllAnswer(sources, request.signal);
    checkOneLabel(sources);
    // What could not be restored elsewhere is no obstacle here.
    const places = sources.map(({ path }) => located(path));
    const concerns = (path: string): boolean =>
      places.some((one) => overlaps(registry.locate(path), one));
    throwAny(unrestored.filter(({ path }) => concerns(path)));
    // Each is opened once: what is looked at, what is on record and what is walked are one, whatever its owner does.
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

/** A source, and how it is on record from before it is touched. */
interface Target {
  readonly source: RelabelledSource;
  readonly open: OpenSource;
  readonly wanted: LabelledSource;
}

function wantedOf(targets: readonly Target[]): LabelledSource[] {
  return targets.map(({ wanted }) => wanted);
}

/** Resolves with the errno when it was skipped: nothing of it is touched then. */
async function label(
  registry: LabelRegistry,
  { source, open }: Target,
  options: WalkOptions & { readonly names: LabelNames },
): Promise<number | undefined> {
  const { names } = options;
  // What a container has made there has its label from the first, and nothing to remember.
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
    // Its top comes first: what fails deeper is in the midst of what has been labelled.
    const isWhole = path === open.path && [EROFS, ENOTSUP].includes(errno);
    if (source.whenImpossible === 'skip' && isWhole) return errno;
    throw error;
  }
}

/** Another label, of another domain, now. */
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

/** One source of a container in another, or the same twice, with different labels. */
function checkOneLabel(sources: readonly RelabelledSource[]): void {
  for (const [index, source] of sources.entries()) {
    const other = sources
      .slice(0, index)
      .find(
        (one) => one.label !== source.label && overlaps(located(one.path), located(source.path)),
      );
    if (other === undefined) continue;
    const detail = `'${source.path}' can't be labelled ${source.label}: '${other.path}' overlaps it, and is to be labelled ${other.label}`;
    throw refused(detail, source);
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
  // With another label it is this domain's alone, from a start that failed.
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

/** All of them, open until this is disposed of. */
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

/** @throws DefinitionError or TslxcError for what is not there, SyscallError for what can't be opened. */
function opened(source: RelabelledSource): OpenSource & Disposable {
  try {
    return openSource(source.path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) throw refused(`'${source.path}' can't be labelled: it does not exist`, source);
    throw fileError(error, 'open a source');
  }
}

/** Of makedev(3), as far as the kernel goes: 12 bits. */
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
