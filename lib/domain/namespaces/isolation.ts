/** What keeps a container's root from being the host's. Pure. */
import type { DomainDefinition, IdRange } from '../definition';

/**
 * `user-namespace`: root inside is an ordinary user of the host. `host-root`: there is an `<idmap>`, but an
 * id in it is the host's root or its group. `none`: root inside is the host's, whatever else is taken away.
 */
export type Isolation = 'user-namespace' | 'host-root' | 'none';

export function isolationOf({ idMap, extension }: DomainDefinition): Isolation {
  if (extension.idAllocation !== undefined) return 'user-namespace';
  if (idMap === undefined) return 'none';
  const hasRoot = (ranges: readonly IdRange[]): boolean =>
    ranges.some(({ target }) => target === 0);
  return hasRoot(idMap.uids) || hasRoot(idMap.gids) ? 'host-root' : 'user-namespace';
}
