/**
 * What a user namespace requires of the host's files. A private root is shown through an idmapped mount: what the
 * container's root makes there belongs to the host's root on disk, and a set-uid program made inside runs as the host's
 * root, for every user of the host who can reach it.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DomainDefinition, IdMap } from '../../domain/definition';
import type { FilesystemDefinition } from '../../domain/filesystem/definition';
import { isMapped } from '../../domain/filesystem/access-mode';
import { overlayOf, rootOf, sharesRoot } from '../../domain/filesystem/lookup';
import { definitionError } from '../../domain/xml/source-location';
import { filesystemLocation } from '../../domain/filesystem/validate';
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
    if (folder === undefined || (await isOutOfReach(folder, filesystem, looks))) continue;
    const what =
      filesystem.target === '/' ? 'the root' : `what is mapped to '${filesystem.target}'`;
    const detail =
      `with an id map ${what} must lie below a directory that only root can search, since set-uid programs made ` +
      `in it are those of the host’s root: chmod 0700 '${folder}', or move it into a directory of its own that ` +
      'has mode 0700';
    throw definitionError('CONFIG_UNSUPPORTED', detail, {
      path: 'domain/devices/filesystem/source',
      position: filesystem.position,
    });
  }
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
  return (await ownersOfRoot(definition, looks)) === 'container' ? undefined : await parent();
}

/** Whether the folder, or one that it lies in, can be searched by the host's root alone, or by its group: mode 0710. */
async function isOutOfReach(
  folder: string,
  filesystem: FilesystemDefinition,
  looks: Looks,
): Promise<boolean> {
  for (const path of upwards(folder)) {
    const { uid, gid, mode } = await looks.state(path, lookedFor(filesystem));
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
