/** Whether what lies in a domain's trees may have been written by root of a container with ids of its own. */
import { hasAllocatedIds } from '../../container/users/id-allocation';
import type { DomainDefinition } from '../../domain/definition';
import { isolated } from '../../domain/namespaces/level';
import type { Identity } from '../../host/state/definitions/definition-store';
import { asStarted } from '../session/level';
import type { Session } from '../session/session';

/**
 * The definition of a domain, or of its clone, with ids of its own if the domain is started with them by its level, or has been: on
 * another connection its level may have been another.
 */
export function asWritten(
  session: Pick<Session, 'hardening' | 'paths'>,
  domain: Identity,
  definition: DomainDefinition,
): DomainDefinition {
  if (hasAllocatedIds(session.paths, domain)) return isolated(definition);
  return asStarted(session, definition);
}
