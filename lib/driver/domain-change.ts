/** A change of a domain: of what runs, or of the stored definition. Both under the domain's lock. */
import type { DomainDefinition } from '../domain/definition';
import { TslxcError } from '../errors';
import type { Identity } from '../host/definition-store';
import { checkSame } from './lookup';
import { settle, type SettledState } from './reaper';
import type { Session } from './session';

/** What runs, or the stored definition; undefined is what runs if anything does. */
export type Which = 'live' | 'inactive' | undefined;

export interface DomainChange {
  /** What was asked for may not run: it is `live` that refuses that. */
  readonly live: (state: SettledState) => Promise<void>;
  /** The definition as it is to be. */
  readonly stored: (definition: DomainDefinition) => DomainDefinition;
}

/**
 * @throws TslxcError OPERATION_INVALID for `inactive` of a transient domain; NO_DOMAIN; whatever the change throws.
 */
export async function changeDomain(
  session: Session,
  { identity, which }: { readonly identity: Identity; readonly which: Which },
  change: DomainChange,
): Promise<void> {
  const { name } = identity;
  await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    const isLive = which === 'live' || (which === undefined && state.phase === 'running');
    if (isLive) await change.live(state);
    else await changeStored(session, identity, change.stored);
  });
}

async function changeStored(
  session: Session,
  { name, uuid }: Identity,
  change: DomainChange['stored'],
): Promise<void> {
  await session.store.exclusive(async () => {
    const definition = session.store.read(name);
    if (definition === undefined) {
      const detail = 'transient domains do not have any persistent config';
      throw new TslxcError('OPERATION_INVALID', detail, { domain: name });
    }
    const detail = await session.store.write(change(definition));
    await session.announce({ event: 'defined', detail, domain: name, uuid });
  });
}
