/** A change of a domain: of what runs, or of the stored definition. Both under the domain's lock. */
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definition-store';
import { stored } from './definitions';
import type { WhichOption } from '../limits/types';
import { checkSame } from '../lookup/lookup';
import { settle, type SettledState } from '../lifecycle/reaper';
import type { Session } from '../session/session';
import { settleTrees } from '../snapshots/changes';

/** What runs, the stored definition, or both; undefined means what runs if anything does. */
export type Which = WhichOption['which'];

export interface DomainChange {
  /** Refuses a domain that does not run. */
  readonly live: (state: SettledState) => Promise<void>;
  /** The definition as it is to be. */
  readonly stored: (definition: DomainDefinition) => DomainDefinition;
}

/**
 * Of `both` the stored definition is checked first, then what runs is changed, then the definition is stored: what either
 * refuses leaves both as they were.
 *
 * @throws TslxcError OPERATION_INVALID for `inactive` of a transient domain; NO_DOMAIN; and as the change.
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
    await settleTrees(session, identity);
    const targets = targetsOf(which, state);
    const next = targets.stored ? change.stored(storedDefinition(session, identity)) : undefined;
    if (targets.live) await change.live(state);
    if (next !== undefined) await store(session, next);
  });
}

/** Which of the two a change or a look at an annotation is about. */
export function targetsOf(
  which: Which,
  { phase }: SettledState,
): { readonly live: boolean; readonly stored: boolean } {
  if (which === undefined) return { live: phase !== 'off', stored: phase === 'off' };
  return { live: which !== 'inactive', stored: which !== 'live' };
}

/** @throws TslxcError OPERATION_INVALID for a transient domain; NO_DOMAIN. */
export function storedDefinition(session: Session, identity: Identity): DomainDefinition {
  if (!session.store.has(identity.name)) {
    const detail = 'transient domains do not have any persistent config';
    throw new TslxcError('OPERATION_INVALID', detail, { domain: identity.name });
  }
  return stored(session, identity);
}

async function store(session: Session, definition: DomainDefinition): Promise<void> {
  await session.store.exclusive(async () => {
    const detail = await session.store.write(definition);
    const { name: domain, uuid } = definition;
    await session.announce({ event: 'defined', detail, domain, uuid });
  });
}
