/** Which domain has a uuid. Only reads. */
import type { RunState } from '../../container/record/run-state';
import type { Session } from '../session/session';
import { readStateOrSkip } from './readable-state';

/** The name of the stored or running domain with that uuid. */
export async function nameOfUuid(session: Session, uuid: string): Promise<string | undefined> {
  const identities = await session.store.identities();
  const stored = identities.find((identity) => identity.uuid === uuid);
  return stored?.name ?? nameOfRun(session, uuid, ['running', 'starting']);
}

/** That of a container which has ended and is not cleaned up yet; after that it may be started again. */
export function nameOfEnded(session: Session, uuid: string): string | undefined {
  return nameOfRun(session, uuid, ['ended']);
}

function nameOfRun(
  session: Session,
  uuid: string,
  phases: readonly RunState['phase'][],
): string | undefined {
  const { containers, paths } = session;
  return containers.runNames(paths).find((name) => {
    const state = readStateOrSkip(session, name);
    if (state === undefined || state.phase === 'off') return false;
    return phases.includes(state.phase) && state.start.uuid === uuid;
  });
}
