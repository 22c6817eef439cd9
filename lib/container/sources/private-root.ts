/**
 * What a user namespace requires of the host's files. A private root is shown through an idmapped mount: what the
 * container's root makes there belongs to the host's root on disk, and a set-uid program made inside runs as the host's
 * root, for every user of the host who can reach it.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DomainDefinition, IdMap } from '../../domain/definition';
import type { FilesystemDefinition } from '../../domain/filesystem/definition';
import { hasOwnIds, isMapped } from '../../domain/filesystem/access-mode';
import { overlayOf, rootOf, sharesRoot } from '../../domain/filesystem/lookup';
import { isBelow } from '../../domain/xml/path';
import { listMounts } from '../../host/kernel/mount-table';
import { wayBack } from '../../domain/namespaces/level';
import { definitionError } from '../../domain/xml/source-location';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { TslxcError } from '../../errors';
import { hostId } from '../../plan/process/id-map';
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
 * Resolves if no other user of the host can reach what a container with an id map writes to as the host's root: its
 * private root, or the upper layer of that, and what `accessmode='mapped'` shows it. The inside of an image can't be
 * reached.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED, with what to do.
 */
export async function checkMappedSources(
  definition: DomainDefinition,
  looks: Looks,
): Promise<void> {
  if (definition.idMap === undefined) return;
  for (const filesystem of definition.filesystems) {
    const folder = await writtenFolder(definition, filesystem, looks);
    const what = lookedFor(filesystem);
    if (folder === undefined || (await isOutOfReach(folder, what, looks))) continue;
    const subject =
      filesystem.target === '/' ? 'the root' : `what is mapped to '${filesystem.target}'`;
    const detail = `${advice(subject, folder, 'move it')}${wayBack(definition)}`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, {
      path: 'domain/devices/filesystem/source',
      position: filesystem.position,
    });
  }
}

/** Types of file systems that have had idmapped mounts since Linux 5.18 at the latest (mount_setattr(2)). */
const mappableTypes = ['btrfs', 'ext4', 'f2fs', 'xfs'];

/**
 * Whether this directory of the host can be shown with the container's ids, and what root inside then writes to it can be reached by no
 * other user of the host. Not if there are mounts below it: what is mounted there may be reached elsewhere.
 */
export async function mayBeMapped(source: string, looks: Looks): Promise<boolean> {
  const what = { step: 'look up who can reach a directory' };
  const path = await looks.realPathIfThere(source, what);
  if (path === undefined || !(await isOutOfReach(dirname(path), what, looks))) return false;
  const mounts = listMounts();
  if (mounts.some(({ mountPoint }) => isBelow(mountPoint, path))) return false;
  // Of several at one point, the last one is seen.
  const [holder] = upwards(path).flatMap(
    (at) => mounts.findLast(({ mountPoint }) => mountPoint === at) ?? [],
  );
  return mappableTypes.includes(holder?.type ?? '');
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
  if (await isOutOfReach(folder, what, looks)) return;
  const subject = copy.target === '/' ? 'a copy of the root' : `a copy of '${copy.target}'`;
  throw new TslxcError('CONFIG_UNSUPPORTED', advice(subject, folder, 'put it'), {
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

function advice(subject: string, folder: string, move: 'move it' | 'put it'): string {
  return (
    `with an id map ${subject} must lie below a directory that only root can search, since set-uid programs made ` +
    `in it are those of the host’s root: chmod 0700 '${folder}', or ${move} into a directory of its own that ` +
    'has mode 0700'
  );
}

/** The directory that, with its ancestors, has to keep other users from what is written; undefined when none has to. */
async function writtenFolder(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
  looks: Looks,
): Promise<string | undefined> {
  if (filesystem.type !== 'mount') return undefined;
  // A layer that is not there is made with mode 0700.
  const overlay = overlayOf(definition, filesystem);
  if (overlay !== undefined) {
    return await looks.realPathIfThere(overlay.upper, lookedFor(filesystem));
  }
  const { source, target } = filesystem;
  const parent = async (): Promise<string> => {
    return dirname(await looks.realPath(source, lookedFor(filesystem)));
  };
  if (target !== '/') return isMapped(definition, filesystem) ? await parent() : undefined;
  if (sharesRoot(definition)) return undefined;
  const isPrepared = (await ownersOfRoot(definition, looks)) === 'container';
  const rootId = hostId(definition.idMap?.uids ?? [], 0) ?? 0;
  return isPrepared && !canGiveTo(definition.idMap, rootId) ? undefined : await parent();
}

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
