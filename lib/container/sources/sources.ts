/** Looks up the sources of a domain's file systems before anything is done, so that a wrong one is reported with its line. */
import { lookedUp } from '../../domain/devices/volume-source';
import type { DomainDefinition } from '../../domain/definition';
import type {
  FilesystemDefinition,
  MountFilesystem,
  OverlayLower,
  OverlayOptions,
} from '../../domain/filesystem/definition';
import { isServed, optionsOf, overlayOf } from '../../domain/filesystem/lookup';
import { foldersAbove, isBelow, isSame, withoutDots } from '../../domain/xml/path';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { SyscallError, TslxcError } from '../../errors';
import { propagationOf } from '../../host/kernel/mount-table';
import {
  detectedFilesystems,
  detectFilesystem,
  superblockLength,
} from '../../host/kernel/superblock';
import { sourceKey } from '../../plan/mounts/filesystems';
import type { FilesystemFacts, SourceKind } from '../../plan/mounts/filesystems';
import type { FileState, LookedFor, Looks } from '../looks/looks';
import { startOfContent } from './image-content';

/**
 * Kinds and contents of all sources. `hidden` are directories of the host that the container must not see.
 *
 * @throws SyscallError for a source that can't be looked up, TslxcError OPERATION_TIMEOUT for one that does not answer,
 * DefinitionError CONFIG_UNSUPPORTED for one that is not what its type says; all with element and position. As
 * `startOfContent` for an image that qemu-nbd is to serve.
 */
export async function lookUpSources(
  definition: DomainDefinition,
  hidden: readonly string[],
  looks: Looks,
): Promise<Omit<FilesystemFacts, 'served'>> {
  const sources = new Map<string, SourceKind>();
  const images = new Map<string, string>();
  const holderOf = holders(definition);
  for (const filesystem of definition.filesystems.map(lookedUp)) {
    switch (filesystem.type) {
      case 'mount':
        sources.set(sourceKey(filesystem), kindOf(await lookUp(filesystem, looks)));
        await checkPropagation(definition, { filesystem, hidden }, looks);
        break;
      case 'file':
      case 'block':
        images.set(filesystem.source, await lookUpImage(filesystem, looks));
        break;
      case 'bind':
        sources.set(
          sourceKey(filesystem),
          await kindInside(definition, { bound: filesystem, holderOf }, looks),
        );
        break;
      case 'ram':
        break;
    }
    const overlay = overlayOf(definition, filesystem);
    if (overlay === undefined) continue;
    if (filesystem.type === 'mount') await checkLayers(filesystem, overlay, looks);
    for (const lower of overlay.lowers ?? []) await checkLower(lower, looks);
  }
  return { sources, images };
}

/** A filesystem that names a source of the host. */
type WithSource = FilesystemDefinition & { readonly source: string };

const kindOf = ({ kind }: FileState): SourceKind => (kind === 'directory' ? 'directory' : 'file');

function lookUp(filesystem: WithSource, looks: Looks): Promise<FileState> {
  return attempt(filesystem, (what) => looks.state(filesystem.source, what));
}

/** Runs `look`; a failure is reported as one of the filesystem's source. */
async function attempt<T>(
  filesystem: WithSource,
  look: (what: LookedFor) => Promise<T>,
): Promise<T> {
  const what = lookedFor(filesystem);
  try {
    return await look(what);
  } catch (error) {
    if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
    const { errno = 0, syscall = 'stat' } = error;
    const { path: element, position } = what.place;
    const { step } = what;
    throw new SyscallError({ errno, syscall, path: filesystem.source, step, element, ...position });
  }
}

function lookedFor(
  filesystem: FilesystemDefinition,
): LookedFor & { readonly place: SourceLocation } {
  return {
    step: `look up the source of the filesystem ${filesystem.target}`,
    place: filesystemLocation(filesystem, 'source'),
  };
}

async function lookUpImage(
  filesystem: FilesystemDefinition & { type: 'file' | 'block' },
  looks: Looks,
): Promise<string> {
  const { type, source } = filesystem;
  const place = filesystemLocation(filesystem, 'source');
  const { kind } = await lookUp(filesystem, looks);
  if (kind !== (type === 'file' ? 'file' : 'block device')) {
    const wanted = type === 'file' ? 'a regular file' : 'a block device';
    throw definitionError('CONFIG_UNSUPPORTED', `source '${source}' is not ${wanted}`, place);
  }
  const found = detectFilesystem(await startOf(filesystem, looks));
  if (found !== undefined) return found;
  const known = detectedFilesystems.join(', ');
  throw definitionError('CONFIG_UNSUPPORTED', `source '${source}' holds none of ${known}`, place);
}

async function startOf(
  filesystem: FilesystemDefinition & { type: 'file' | 'block' },
  looks: Looks,
): Promise<Buffer> {
  const { source } = filesystem;
  if (!isServed(filesystem)) {
    return await attempt(filesystem, (what) => looks.start(source, superblockLength, what));
  }
  const { step } = lookedFor(filesystem);
  const { format } = filesystem.driver;
  return await startOfContent({ source, format, step }, superblockLength);
}

/** The file system that a path of the container lies in; undefined for one in the host's root. */
type HolderOf = (path: string) => FilesystemDefinition | undefined;

function holders({ filesystems }: DomainDefinition): HolderOf {
  const byTarget = new Map(filesystems.map((one) => [withoutDots(one.target), one]));
  return (path) =>
    [withoutDots(path), ...foldersAbove(path)]
      .map((folder) => byTarget.get(folder))
      .find((one) => one !== undefined);
}

/**
 * The kind of a path of the container, looked up on the host where that is possible before the container exists. What
 * can't be found is taken for a directory.
 */
async function kindInside(
  definition: DomainDefinition,
  {
    bound,
    holderOf,
  }: { readonly bound: FilesystemDefinition & { type: 'bind' }; readonly holderOf: HolderOf },
  looks: Looks,
): Promise<SourceKind> {
  const path = bound.source;
  const holder = holderOf(path);
  if (holder !== undefined && holder.type !== 'mount') return 'directory';
  const isRoot = holder === undefined || holder.target === '/';
  const below = isRoot ? path : path.slice(holder.target.length);
  const what = lookedFor(bound);
  const lowers = (holder && overlayOf(definition, holder)?.lowers) ?? [];
  for (const root of [holder?.source ?? '/', ...lowers.map(({ dir }) => dir)]) {
    try {
      // Resolved as in the container: its symbolic links do not lead out of the root.
      return kindOf(await looks.stateInRoot(root, below === '' ? '.' : below, what));
    } catch (error) {
      if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
    }
  }
  return 'directory';
}

async function checkLower({ dir, position }: OverlayLower, looks: Looks): Promise<void> {
  const place = { path: 'domain/metadata/tslxc:container/tslxc:overlay/tslxc:lower', position };
  const { kind } = await looks.state(dir, { step: 'look up the layers of an overlay', place });
  if (kind === 'directory') return;
  throw definitionError('CONFIG_UNSUPPORTED', `layer '${dir}' is not a directory`, place);
}

/** Without peers on the host nothing would ever be propagated, and no error would say so. */
async function checkPropagation(
  definition: DomainDefinition,
  what: { readonly filesystem: MountFilesystem; readonly hidden: readonly string[] },
  looks: Looks,
): Promise<void> {
  const { filesystem, hidden } = what;
  const options = optionsOf(definition, filesystem);
  const wanted = options?.propagation ?? 'private';
  if (options === undefined || wanted === 'private') return;
  const { source, target } = filesystem;
  const { position } = options;
  const place: SourceLocation = {
    path: 'domain/metadata/tslxc:container/tslxc:filesystem',
    position,
  };
  const fields = propagationOf(await attempt(filesystem, (one) => looks.mount(source, one)));
  const kinds = wanted === 'shared' ? ['shared:'] : ['shared:', 'master:'];
  if (fields?.some((field) => kinds.some((kind) => field.startsWith(kind))) !== true) {
    const detail = `the mount of '${source}' on the host is not shared, so nothing can be propagated`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, place);
  }
  // The mount that hides it inside would also appear on the host.
  const state = hidden.find((path) => wanted === 'shared' && isBelow(path, target));
  if (state !== undefined) {
    const detail = `'${target}' can't be shared: ${state} has to be hidden from the container`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, place);
  }
}

/** overlayfs fails with ELOOP for layers that lie in each other. */
async function checkLayers(
  base: MountFilesystem,
  { upper, position }: OverlayOptions,
  looks: Looks,
): Promise<void> {
  const place: SourceLocation = { path: 'domain/metadata/tslxc:container/tslxc:overlay', position };
  const what = { step: 'look up the layers of an overlay', place };
  const real = async (path: string): Promise<string> => {
    return (await looks.realPathIfThere(path, what)) ?? path;
  };
  const device = async (path: string): Promise<bigint | undefined> => {
    return (await looks.stateIfThere(path, what))?.device;
  };
  const [lower, writable] = [await real(base.source), await real(upper)];
  const folder = (await device(upper)) ?? (await device(upper.replace(/[^/]*$/, '')));
  if (!isSame(lower, writable) && !isBelow(writable, lower) && !isBelow(lower, writable)) return;
  if (folder !== (await device(base.source))) return;
  const detail = `upper '${upper}' and the source '${base.source}' overlap`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, place);
}
