/** The sources of a domain's file systems, looked up before anything is done: a wrong one is an error in its line. */
import { closeSync, fstatSync, openSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import type {
  FilesystemDefinition,
  MountFilesystem,
  OverlayOptions,
} from '../../domain/filesystem/definition';
import { optionsOf, overlayOf } from '../../domain/filesystem/lookup';
import { isBelow, isSame } from '../../domain/xml/path';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { SyscallError } from '../../errors';
import { propagationOf } from '../../host/kernel/mount-table';
import { native } from '../../host/native';
import { detectedFilesystems, detectFilesystem } from '../../host/kernel/superblock';
import { O_PATH } from '../../host/state/open-flags';
import { otherFilesystems, sourceKey } from '../../plan/mounts/filesystems';
import type { FilesystemFacts, SourceKind } from '../../plan/mounts/filesystems';

/**
 * Kinds and contents of all sources. `hidden` are directories of the host that the container must not see.
 *
 * @throws SyscallError for a source that can't be looked at, DefinitionError CONFIG_UNSUPPORTED for one that
 * is not what its type says; both with element and position.
 */
export function lookUpSources(
  definition: DomainDefinition,
  hidden: readonly string[],
): FilesystemFacts {
  const sources = new Map<string, SourceKind>();
  const images = new Map<string, string>();
  for (const filesystem of definition.filesystems) {
    switch (filesystem.type) {
      case 'mount':
        sources.set(sourceKey(filesystem), kindOf(lookUp(filesystem, filesystem.source)));
        checkPropagation(definition, filesystem, hidden);
        break;
      case 'file':
      case 'block':
        images.set(filesystem.source, lookUpImage(filesystem));
        break;
      case 'bind':
        sources.set(sourceKey(filesystem), kindInside(definition, filesystem.source));
        break;
      case 'ram':
        break;
    }
    const overlay = overlayOf(definition, filesystem);
    if (overlay !== undefined && filesystem.type === 'mount') checkLayers(filesystem, overlay);
  }
  return { sources, images };
}

const kindOf = (stats: Stats): SourceKind => (stats.isDirectory() ? 'directory' : 'file');

function lookUp(filesystem: FilesystemDefinition, source: string): Stats {
  return attempt(filesystem, source, () => statSync(source));
}

/** Runs `look`; a failure is told as one of the filesystem's source. */
function attempt<T>(filesystem: FilesystemDefinition, source: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    const { errno = 0, syscall = 'stat' } = error as NodeJS.ErrnoException;
    const step = `look up the source of the filesystem ${filesystem.target}`;
    const { path: element, position } = filesystemLocation(filesystem, 'source');
    throw new SyscallError({ errno: -errno, syscall, path: source, step, element, ...position });
  }
}

function lookUpImage(filesystem: FilesystemDefinition & { type: 'file' | 'block' }): string {
  const { type, source } = filesystem;
  const place = filesystemLocation(filesystem, 'source');
  const stats = lookUp(filesystem, source);
  if (type === 'file' ? !stats.isFile() : !stats.isBlockDevice()) {
    const wanted = type === 'file' ? 'a regular file' : 'a block device';
    throw definitionError('CONFIG_UNSUPPORTED', `source '${source}' is not ${wanted}`, place);
  }
  const found = attempt(filesystem, source, () => detectFilesystem(source));
  if (found !== undefined) return found;
  const known = detectedFilesystems.join(', ');
  throw definitionError('CONFIG_UNSUPPORTED', `source '${source}' holds none of ${known}`, place);
}

/**
 * What a path of the container is: found on the host, where that is possible before the container exists.
 * What can't be found is taken for a directory.
 */
function kindInside(definition: DomainDefinition, path: string): SourceKind {
  const all = [...otherFilesystems(definition)].reverse();
  const holder = [...all, ...definition.filesystems.filter(({ target }) => target === '/')].find(
    ({ target }) => isSame(path, target) || isBelow(path, target),
  );
  if (holder !== undefined && holder.type !== 'mount') return 'directory';
  const isRoot = holder === undefined || holder.target === '/';
  return kindBelow(holder?.source ?? '/', isRoot ? path : path.slice(holder.target.length));
}

/** Resolved as in the container: its symbolic links lead nowhere else. */
function kindBelow(root: string, path: string): SourceKind {
  let directory: number | undefined;
  let found: number | undefined;
  try {
    directory = openSync(root, O_PATH);
    found = native().openInRoot(directory, path === '' ? '.' : path, O_PATH);
    return kindOf(fstatSync(found));
  } catch {
    return 'directory';
  } finally {
    if (found !== undefined) native().closeDescriptor(found);
    if (directory !== undefined) closeSync(directory);
  }
}

/** Without peers on the host nothing would ever be propagated, in silence. */
function checkPropagation(
  definition: DomainDefinition,
  filesystem: MountFilesystem,
  hidden: readonly string[],
): void {
  const options = optionsOf(definition, filesystem);
  const wanted = options?.propagation ?? 'private';
  if (options === undefined || wanted === 'private') return;
  const { source, target } = filesystem;
  const { position } = options;
  const place: SourceLocation = {
    path: 'domain/metadata/tslxc:container/tslxc:filesystem',
    position,
  };
  const fields = attempt(filesystem, source, () => propagationOf(source));
  const kinds = wanted === 'shared' ? ['shared:'] : ['shared:', 'master:'];
  if (fields?.some((field) => kinds.some((kind) => field.startsWith(kind))) !== true) {
    const detail = `the mount of '${source}' on the host is not shared, so nothing can be propagated`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, place);
  }
  // What hides it inside would be mounted on the host.
  const state = hidden.find((path) => wanted === 'shared' && isBelow(path, target));
  if (state !== undefined) {
    const detail = `'${target}' can't be shared: ${state} has to be hidden from the container`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, place);
  }
}

/** overlayfs says ELOOP for layers that lie in each other. */
function checkLayers(base: MountFilesystem, { upper, position }: OverlayOptions): void {
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  const [lower, writable] = [real(base.source), real(upper)];
  const device = (path: string): number | undefined =>
    statSync(path, { throwIfNoEntry: false })?.dev;
  const folder = device(upper) ?? device(upper.replace(/[^/]*$/, ''));
  if (!isSame(lower, writable) && !isBelow(writable, lower) && !isBelow(lower, writable)) return;
  if (folder !== device(base.source)) return;
  const place: SourceLocation = { path: 'domain/metadata/tslxc:container/tslxc:overlay', position };
  const detail = `upper '${upper}' and the source '${base.source}' lie in each other`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, place);
}
