/** Which domains have a uuid. Only reads. */
import type { Session } from '../session/session';
import { readableStates } from './readable-state';

export interface UuidHolders {
  /** The stored or running domain with that uuid. */
  readonly domain?: string;
  /** A domain whose container has ended and is not cleaned up yet; after that it may be restarted. */
  readonly ended?: string;
}

/** In one pass over all domains. */
export async function holdersOf(session: Session, uuid: string): Promise<UuidHolders> {
  const identities = await session.store.identities();
  let domain = identities.find((identity) => identity.uuid === uuid)?.name;
  let ended: string | undefined;
  for (const [name, state] of await readableStates(session)) {
    if (state.phase === 'off' || state.start.uuid !== uuid) continue;
    if (state.phase === 'ended') ended ??= name;
    else domain ??= name;
  }
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(ended === undefined ? {} : { ended }),
  };
}
