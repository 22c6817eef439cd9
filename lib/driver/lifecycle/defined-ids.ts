/** What the stored definitions say of the host's ids. */
import type { HostRange } from '../../host/kernel/id-ranges';
import type { Session } from '../session/session';

/** The ranges that every `<idmap>` of this root names. A stored file that is no definition names none. */
export async function definedIds(session: Session): Promise<HostRange[]> {
  const identities = await session.store.identities();
  return identities.flatMap(({ name }) => {
    const { idMap } = session.store.read(name) ?? {};
    return [...(idMap?.uids ?? []), ...(idMap?.gids ?? [])].map(({ target, count }) => ({
      first: target,
      count,
    }));
  });
}
