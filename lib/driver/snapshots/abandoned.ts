/** Changes of trees whose callers were killed. */
import { isDomainLocked } from '../../container/record/locks';
import { isThere } from '../../host/state/file-error';
import type { Session } from '../session/session';
import type { Catalogue } from './catalogue';
import { settleTrees, treesThatGo } from './changes';

/** The trees that go when these changes are ended. Only reads. */
export function treesOfAbandoned(session: Session, catalogues: readonly Catalogue[]): string[] {
  return catalogues
    .filter(({ name }) => !isDomainLocked(session.paths, name))
    .flatMap((catalogue) => treesThatGo(session, catalogue))
    .filter((path) => isThere(path));
}

/** Ends the changes of those domains that no process works on. A failure is logged. */
export async function settleAbandoned(
  session: Session,
  catalogues: readonly Catalogue[],
): Promise<void> {
  const { paths, logger } = session;
  for (const { name, uuid, change } of catalogues) {
    if (change === undefined || isDomainLocked(paths, name)) continue;
    try {
      await session.locked(name, () => settleTrees(session, { name, uuid }));
    } catch (error) {
      logger.warn({ err: error, domain: name }, 'a change left half done could not be ended');
    }
  }
}
