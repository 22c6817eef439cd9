/**
 * What a user namespace asks of the host's files. A private root is shown through an idmapped mount: what
 * the container's root makes there belongs to the host's root on disk, and a set-uid program made inside is
 * one of the host's root, for every user of the host who can reach it.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DomainDefinition, IdMap } from '../domain/definition';
import { refusal } from '../domain/place';
import { hostId } from '../plan/id-map';
import { rootOf, sharesRoot } from '../plan/rootfs';
import type { OwnersOfRoot } from '../plan/rootfs';

/** Search permission of the group and of all others, inode(7). */
const searchByOthers = 0o011;

/** Whose ids the files of the private root have: the container's own, when it was prepared for its map. */
export function ownersOfRoot(definition: DomainDefinition): OwnersOfRoot {
  const root = rootOf(definition);
  const rootId = hostId(definition.idMap?.uids ?? [], 0);
  if (root === undefined || rootId === undefined || rootId === 0) return 'host';
  return statSync(root.source).uid === rootId ? 'container' : 'host';
}

/**
 * Returns when no other user of the host can reach the private root of a container with an id map.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED, with what to do.
 */
export function checkPrivateRoot(definition: DomainDefinition): void {
  const root = rootOf(definition);
  if (definition.idMap === undefined || root === undefined || sharesRoot(definition)) return;
  if (ownersOfRoot(definition) === 'container') return;
  const parent = dirname(realpathSync(root.source));
  if (upwards(parent).some(isClosed)) return;
  const detail =
    `with an id map the root '${root.source}' must lie below a directory that only root can search, since ` +
    'set-uid programs made in it are those of the host’s root: chmod 0700 ' +
    `'${parent}', or move the root into a directory of its own that has mode 0700`;
  const place = { path: 'domain/devices/filesystem/source', position: root.position };
  throw refusal('CONFIG_UNSUPPORTED', detail, place);
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
