/** Another name for a domain that is off. */
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { transition } from '../lifecycle/lifecycle';
import { checkSame, phaseOf } from '../lookup/lookup';
import { settle } from '../lifecycle/reaper';
import type { Session } from '../session/session';
import { settleTrees } from '../snapshots/changes';

/**
 * Its definition, autostart, last exit record and allocated ids move to the new name. Atomic: whenever this process is
 * killed, the domain has one of the two names.
 *
 * @throws TslxcError OPERATION_INVALID when it runs, when it is transient, and when the name is its own or another domain's;
 * XML_ERROR for a text that can't be a name; NO_DOMAIN.
 */
export async function renameDomain(
  session: Session,
  identity: Identity,
  newName: string,
): Promise<Identity> {
  const { name, uuid } = identity;
  if (newName === name) throw invalid("Can't rename domain to itself", name);
  session.store.path(newName);
  return lockedBoth(session, [name, newName], async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    transition('rename', phaseOf(session, state), name);
    await settleTrees(session, identity);
    const { state: other } = await settle(session, newName, 'carryOut');
    return session.store.exclusive(async () => {
      const definition = session.store.read(name);
      if (definition === undefined) throw invalid('cannot rename a transient domain', name);
      if (other.phase !== 'off' || session.store.has(newName)) {
        throw invalid(`domain with name '${newName}' already exists`, name);
      }
      const renamed = withName(session, definition, newName);
      await session.containers.rename(session.paths, { from: name, to: newName, uuid }, () =>
        session.store.rename(name, renamed),
      );
      const detail = 'renamed';
      await session.announce({ event: 'undefined', detail, domain: name, uuid });
      await session.announce({ event: 'defined', detail, domain: newName, uuid });
      return { name: newName, uuid };
    });
  });
}

/** Parsed again, so that a text that can't be the name of a domain is refused. */
function withName(session: Session, definition: DomainDefinition, name: string): DomainDefinition {
  return session.parse(formatDomain({ ...definition, name })).definition;
}

/** Runs `action` under both locks, which every caller takes in the same order. */
export function lockedBoth<T>(
  session: Session,
  names: readonly [string, string],
  action: () => Promise<T>,
): Promise<T> {
  const [first, second] = names[0] < names[1] ? names : [names[1], names[0]];
  return session.locked(first, () => session.locked(second, action));
}

function invalid(detail: string, domain: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', detail, { domain });
}
