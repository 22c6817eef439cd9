/**
 * What a user namespace asks of the host's files. A private root is shown through an idmapped mount: what
 * the container's root makes there belongs to the host's root on disk, and a set-uid program made inside is
 * one of the host's root, for every user of the host who can reach it.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DomainDefinition, IdMap } from '../../domain/definition';
import type { FilesystemDefinition } from '../../domain/filesystem/definition';
import { overlayOf, rootOf, sharesRoot } from '../../domain/filesystem/lookup';
import { definitionError } from '../../domain/xml/source-location';
import { hostId } from '../../plan/process/id-map';
import type { OwnersOfRoot } from '../../plan/mounts/rootfs';

/** Search permission of the group and of all others, inode(7). */
const searchByOthers = 0o011;

/** Whose ids the files of the private root have: the container's own, when it was prepared for its map. */
export function ownersOfRoot(definition: DomainDefinition): OwnersOfRoot {
  const root = rootOf(definition);
  const rootId = hostId(definition.idMap?.uids ?? [], 0);
  if (root?.type !== 'mount' || overlayOf(definition, root) !== undefined) return 'host';
  if (rootId === undefined || rootId === 0) return 'host';
  return statSync(root.source).uid === rootId ? 'container' : 'host';
}

/**
 * Returns when no other user of the host can reach what a container with an id map writes to as the host's root:
 * its private root, or the upper layer of that, and what `accessmode='mapped'` shows it. An image can't be
 * reached.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED, with what to do.
 */
export function checkMappedSources(definition: DomainDefinition): void {
  if (definition.idMap === undefined) return;
  for (const filesystem of definition.filesystems) {
    const folder = writtenFolder(definition, filesystem);
    if (folder === undefined || upwards(folder).some(isClosed)) continue;
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

/** The directory whose ancestors, and itself, guard what is written; undefined when nothing has to. */
function writtenFolder(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
): string | undefined {
  if (filesystem.type !== 'mount') return undefined;
  // A layer that is not there is made with mode 0700.
  const overlay = overlayOf(definition, filesystem);
  if (overlay !== undefined)
    return existsSync(overlay.upper) ? realpathSync(overlay.upper) : undefined;
  const { source, target, accessMode } = filesystem;
  if (target !== '/') return accessMode === 'mapped' ? parentOf(source) : undefined;
  if (sharesRoot(definition) || ownersOfRoot(definition) === 'container') return undefined;
  return parentOf(source);
}

function parentOf(source: string): string {
  return dirname(realpathSync(source));
}

/** Whether the container's root could reach a path of the host: an ordinary user there, unless the map says else. */
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

function isClosed(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return uid === 0 && (mode & searchByOthers) === 0;
}

/** The path and its ancestors, up to and with `/`. */
function upwards(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...upwards(parent)];
}
