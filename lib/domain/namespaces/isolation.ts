/** Whether root in the container is root on the host. Pure. */
import type { DomainDefinition, IdRange } from '../definition';

/**
 * `user-namespace`: root in the container is an unprivileged user of the host. `host-root`: there is an `<idmap>`, but
 * it maps an id to the host's root or its group. `none`: root in the container is the host's root, though possibly with
 * fewer privileges.
 */
export type Isolation = 'user-namespace' | 'host-root' | 'none';

export function isolationOf({ idMap, extension }: DomainDefinition): Isolation {
  if (extension.idAllocation !== undefined) return 'user-namespace';
  if (idMap === undefined) return 'none';
  const hasRoot = (ranges: readonly IdRange[]): boolean =>
    ranges.some(({ target }) => target === 0);
  return hasRoot(idMap.uids) || hasRoot(idMap.gids) ? 'host-root' : 'user-namespace';
}
