/**
 * What a user namespace requires of the host's files. A private root is shown through an idmapped mount: what the
 * container's root makes there belongs to the host's root on disk, and a set-uid program made inside runs as the host's
 * root, for every user of the host who can reach it.
 */
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DomainDefinition, IdMap } from '../../domain/definition';
import type { FilesystemDefinition } from '../../domain/filesystem/definition';
import { hasOwnIds, isMapped } from '../../domain/filesystem/access-mode';
import { overlayOf, rootOf, sharesRoot } from '../../domain/filesystem/lookup';
import { mountHolding, mountsWithin, pathsTo, placeIn } from '../../host/kernel/mount-table';
import { wayBack } from '../../domain/namespaces/level';
import { definitionError } from '../../domain/xml/source-location';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { TslxcError } from '../../errors';
import { hostId } from '../../plan/process/id-map';
import { depthOf } from '../../plan/mounts/filesystems';
import type { OwnersOfRoot } from '../../plan/mounts/rootfs';
import type { LookedFor, Looks } from '../looks/looks';

/** Search permission of the group, and of all others, inode(7). */
const searchByGroup = 0o010;
const searchByOthers = 0o001;

/** Whose ids the files of the private root have: the container's own, if it was prepared for the container's id map. */
export async function ownersOfRoot(
  definition: DomainDefinition,
  looks: Looks,
): Promise<OwnersOfRoot> {
  const root = rootOf(definition);
  const rootId = hostId(definition.idMap?.uids ?? [], 0);
  if (root?.type !== 'mount' || overlayOf(definition, root) !== undefined) return 'host';
  if (rootId === undefined || rootId === 0) return 'host';
  const { uid } = await looks.state(root.source, lookedFor(root));
  return uid === rootId ? 'container' : 'host';
}

/**
 * Resolves if no other user of the host can reach what a container with an id map writes to as the host's root, wherever it is
 * mounted: its private root, or the upper layer of that, what `accessmode='mapped'` shows it, and what is mounted below these and shown
 * with them. The inside of an image can't be reached.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED, with what to do.
 */
export async function checkMappedSources(
  definition: DomainDefinition,
  looks: Looks,
): Promise<void> {
  if (definition.idMap === undefined) return;
  for (const filesystem of definition.filesystems) {
    const tree = await writtenTree(definition, filesystem, looks);
    if (tree === undefined) continue;
    const isWhole = depthOf(definition, filesystem) === 'recursive';
    for (const part of new Set([tree, ...(isWhole ? mountsWithin(tree) : [])])) {
      const way = await wayTo(part, lookedFor(filesystem), looks);
      if (way === undefined) continue;
      const { target, position } = filesystem;
      const subject = target === '/' ? 'the root' : `what is mapped to '${target}'`;
      const below = part === tree ? undefined : { part, target };
      const detail = advice({ subject, tree, move: 'move it', way, below });
      throw definitionError('CONFIG_UNSUPPORTED', `${detail}${wayBack(definition)}`, {
        path: 'domain/devices/filesystem/source',
        position,
      });
    }
  }
}

/** Types of file systems that have had idmapped mounts since Linux 5.18 at the latest (mount_setattr(2)). */
const mappableTypes = ['btrfs', 'ext4', 'f2fs', 'xfs'];

/**
 * Whether this directory of the host can be shown with the container's ids, and what root inside then writes to it can be reached by no
 * other user of the host. Not if there are mounts below it: what is mounted there may be reached elsewhere.
 */
export async function mayBeMapped(source: string, looks: Looks): Promise<boolean> {
  const path = await looks.realPathIfThere(source, accessLook);
  if (path === undefined || (await wayTo(path, accessLook, looks)) !== undefined) return false;
  if (mountsWithin(path).some((point) => point !== path)) return false;
  return isMappable(path);
}

/** The same of a directory that may still be missing: with those above it that are, it will be made for root alone. */
export async function mayBeMappedOnceMade(source: string, looks: Looks): Promise<boolean> {
  if ((await looks.realPathIfThere(source, accessLook)) !== undefined) {
    return mayBeMapped(source, looks);
  }
  const folder = await looks.realPathIfThere(dirname(source), accessLook);
  if (folder === undefined) return isMappable(await nearest(source, looks));
  return (
    isMappable(folder) &&
    (await wayTo(join(folder, basename(source)), accessLook, looks)) === undefined
  );
}

const accessLook = { step: 'look up who can reach a directory' };

function isMappable(path: string): boolean {
  return mappableTypes.includes(mountHolding(path)?.type ?? '');
}

/** The last directory on the way that is there. */
async function nearest(path: string, looks: Looks): Promise<string> {
  for (const above of upwards(dirname(path))) {
    const real = await looks.realPathIfThere(above, accessLook);
    if (real !== undefined) return real;
  }
  return '/';
}

/** A copy that is going to be made of a tree that the container writes to. */
export interface TreeCopyPlan {
  /** The tree that is copied; its owner says whose ids are in it. */
  readonly from: string;
  /** The folder in which the copy is made, or will lie. */
  readonly folder: string;
  /** `layer`: the copy is made in a folder of its own with mode 0700. */
  readonly kind: 'layer' | 'directory';
  /** Absolute path in the container. */
  readonly target: string;
}

/**
 * Resolves if no other user of the host can reach a copy of what a container with own ids writes to as the host's root. To be
 * called before anything is copied.
 *
 * @throws TslxcError CONFIG_UNSUPPORTED, with what to do.
 */
export async function checkMappedCopy(
  definition: DomainDefinition,
  copy: TreeCopyPlan,
  looks: Looks,
): Promise<void> {
  if (!hasOwnIds(definition)) return;
  const what = { step: 'look up who can reach a copy of what the container has written' };
  // Without one, the copy fails.
  const folder = await looks.realPathIfThere(copy.folder, what);
  if (folder === undefined || (await hasIdsOfContainer(definition, copy, looks))) return;
  const tree = join(folder, 'copy');
  const way = await wayTo(tree, what, looks);
  if (way === undefined) return;
  const subject = copy.target === '/' ? 'a copy of the root' : `a copy of '${copy.target}'`;
  throw new TslxcError('CONFIG_UNSUPPORTED', advice({ subject, tree, move: 'put it', way }), {
    path: folder,
    domain: definition.name,
  });
}

/**
 * Whether the copied root was prepared for the id map: its owner says so only if root inside could not have made that one its
 * owner. Ids that are yet to be allocated are in no file.
 */
async function hasIdsOfContainer(
  { idMap }: DomainDefinition,
  { from, kind, target }: TreeCopyPlan,
  looks: Looks,
): Promise<boolean> {
  const rootId = hostId(idMap?.uids ?? [], 0);
  if (kind === 'layer' || target !== '/' || rootId === undefined || rootId === 0) return false;
  if (canGiveTo(idMap, rootId)) return false;
  const { uid } = await looks.state(from, { step: 'look up whose ids a root has' });
  return uid === rootId;
}

/**
 * Whether root inside can give its root to that user of the disk, on which a private root's files have the ids of the inside. Groups
 * don't matter: no owner's group is asked for.
 */
function canGiveTo(idMap: IdMap | undefined, owner: number): boolean {
  return (idMap?.uids ?? []).some(({ start, count }) => owner >= start && owner < start + count);
}

interface Reached {
  readonly subject: string;
  readonly tree: string;
  readonly move: 'move it' | 'put it';
  /** By which other users of the host can reach it. */
  readonly way: string;
  /** What is reached if it isn't the tree itself: what is mounted here, below the tree. */
  readonly below?: { readonly part: string; readonly target: string } | undefined;
}

function advice({ subject, tree, move, way, below }: Reached): string {
  const must =
    `with an id map ${subject} must lie below a directory that only root can search, since set-uid programs made ` +
    'in it are those of the host’s root';
  const folder = dirname(way);
  if (way === tree) {
    return `${must}: chmod 0700 '${folder}', or ${move} into a directory of its own that has mode 0700`;
  }
  const seen = below === undefined ? 'it' : `what is mounted at '${below.part}'`;
  const without =
    below === undefined
      ? ''
      : `, or leave it out with <tslxc:filesystem target='${below.target}' recursive='no'/>`;
  return `${must}, and ${seen} is reached by '${way}' too: unmount it there, or chmod 0700 '${folder}'${without}`;
}

/** The directory that root inside writes to as the host's root, without links in its path; undefined if there is none. */
async function writtenTree(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
  looks: Looks,
): Promise<string | undefined> {
  if (filesystem.type !== 'mount') return undefined;
  const what = lookedFor(filesystem);
  const overlay = overlayOf(definition, filesystem);
  if (overlay !== undefined) {
    // A layer that is not there is made with mode 0700.
    const layer = await looks.realPathIfThere(overlay.upper, what);
    return layer === undefined ? undefined : join(layer, 'upper');
  }
  const { source, target } = filesystem;
  if (target !== '/') {
    return isMapped(definition, filesystem) ? await looks.realPath(source, what) : undefined;
  }
  if (sharesRoot(definition)) return undefined;
  const isPrepared = (await ownersOfRoot(definition, looks)) === 'container';
  const rootId = hostId(definition.idMap?.uids ?? [], 0) ?? 0;
  if (isPrepared && !canGiveTo(definition.idMap, rootId)) return undefined;
  return await looks.realPath(source, what);
}

/**
 * A path by which another user of the host can reach a directory, or a part of it: its own, or, since a file system may be mounted at
 * several places, another one that this process sees. Undefined if there is none.
 */
async function wayTo(tree: string, what: LookedFor, looks: Looks): Promise<string | undefined> {
  const mount = mountHolding(tree);
  const { own, inside } = mount === undefined ? none : pathsTo(placeIn(mount, tree));
  for (const way of new Set([tree, ...own, ...inside])) {
    const folder = dirname(way);
    // Something may be mounted in front of another place, so that its path leads to nothing.
    const isThere = way === tree || (await looks.realPathIfThere(folder, what)) !== undefined;
    if (isThere && !(await isOutOfReach(folder, what, looks))) return way;
  }
  return undefined;
}

const none = { own: [], inside: [] };

/** Whether the folder, or one that it lies in, can be searched by the host's root alone, or by its group: mode 0710. */
async function isOutOfReach(folder: string, what: LookedFor, looks: Looks): Promise<boolean> {
  for (const path of upwards(folder)) {
    const { uid, gid, mode } = await looks.state(path, what);
    const others = gid === 0 ? searchByOthers : searchByGroup | searchByOthers;
    if (uid === 0 && (mode & others) === 0) return true;
  }
  return false;
}

function lookedFor(filesystem: FilesystemDefinition): LookedFor {
  const step = 'look up who can reach what the container writes to';
  return { step, place: filesystemLocation(filesystem, 'source') };
}

/**
 * Whether the container's root could reach a path of tslxc's own state. It is an ordinary user there, unless the id map
 * says otherwise.
 */
export function isReachable(path: string, idMap: IdMap): boolean {
  return upwards(dirname(path)).every((folder) => {
    const state = statSync(folder, { throwIfNoEntry: false });
    if (state === undefined) return false;
    const isOwn = hasTarget(idMap.uids, state.uid) || hasTarget(idMap.gids, state.gid);
    return isOwn || (state.mode & 0o001) !== 0;
  });
}

function hasTarget(ranges: IdMap['uids'], id: number): boolean {
  return ranges.some(({ target, count }) => id >= target && id < target + count);
}

/** The path and its ancestors, up to and including `/`. */
function upwards(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...upwards(parent)];
}
