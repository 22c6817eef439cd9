/** The container's user namespace: its id map, and the ownership of files. Pure. */
import type { DomainDefinition, IdMap, IdRange } from '../../domain/definition';
import type { Operation } from '../operation';

/** Lines of /proc/PID/uid_map or gid_map (user_namespaces(7)); '' without a map. */
export function mapLines(ranges: readonly IdRange[] = []): string {
  return ranges.map(({ start, target, count }) => `${start} ${target} ${count}\n`).join('');
}

/** The host's id for an id in the container; undefined if it is not mapped. */
export function hostId(ranges: readonly IdRange[], id: number): number | undefined {
  const range = ranges.find(({ start, count }) => id >= start && id < start + count);
  return range === undefined ? undefined : range.target + (id - range.start);
}

/** Whether the container has its own user namespace, and so is a security boundary. */
export function hasUserNamespace({ idMap }: DomainDefinition): boolean {
  return idMap !== undefined;
}

/** Makes the container's root the owner of entries that the monitor makes; does nothing without a map. */
export function planOwnership(
  idMap: IdMap | undefined,
  tree: string,
  paths: readonly string[],
): Operation[] {
  if (idMap === undefined) return [];
  const uid = hostId(idMap.uids, 0) ?? 0;
  const gid = hostId(idMap.gids, 0) ?? 0;
  return paths.map((path) => ({ op: 'changeOwner', tree, path, uid, gid }));
}
