/** A change of a domain: in the running container, in the stored definition, or in both, under the domain's lock. */
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { stored } from './definitions';
import { checkSame } from '../lookup/lookup';
import { settle } from '../lifecycle/reaper';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';
import { settleTrees } from '../snapshots/changes';
import type { WhichOption } from '../types';

/** The running container, the stored definition, or both; undefined: the running container if there is one, else the definition. */
export type Which = WhichOption['which'];

export interface DomainChange {
  /** Changes the running container. Throws for a domain that does not run. */
  readonly live: (state: SettledState) => Promise<void>;
  /** Returns the changed definition, which is then stored. */
  readonly stored: (definition: DomainDefinition) => DomainDefinition;
}

/**
 * With `both`, the stored definition is checked first, then the running container is changed, then the definition is stored:
 * if either change is refused, both stay as they were. If the definition can't be written then, the container has changed all the
 * same, and the error is that of the file.
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

/** Which of the two a change is made to. */
export function targetsOf(
  which: Which,
  { phase }: SettledState,
): { readonly live: boolean; readonly stored: boolean } {
  if (which === undefined) return { live: phase !== 'off', stored: phase === 'off' };
  return { live: which !== 'inactive', stored: which !== 'live' };
}

/** `remedy`: what follows libvirt's words. @throws TslxcError OPERATION_INVALID for a transient domain; NO_DOMAIN. */
export function storedDefinition(
  session: Session,
  identity: Identity,
  remedy = '',
): DomainDefinition {
  if (!session.store.has(identity.name)) {
    const detail = `transient domains do not have any persistent config${remedy}`;
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
