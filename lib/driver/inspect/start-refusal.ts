/** Why a domain that is off would not start, as far as its definition and who can reach its files say. Changes nothing. */
import { checkMappedSources } from '../../container/sources/private-root';
import { allocatable, withAllocatedIds } from '../../domain/namespaces/allocated-ids';
import { checkStartable } from '../../domain/validate';
import { TslxcError } from '../../errors';
import { readSettings } from '../../host/settings';
import type { Identity } from '../../host/state/definitions/definition-store';
import { stored } from '../definitions/definitions';
import { strictness } from '../lifecycle/start-input';
import { currentOrDamaged } from '../lookup/lookup';
import { asStarted } from '../session/level';
import type { Session } from '../session/session';

/**
 * The first line of the error of a start by this connection; undefined for a domain that runs, and if a start may succeed: whether a file
 * system has idmapped mounts is known to nobody before one is made.
 *
 * @throws TslxcError NO_DOMAIN; DefinitionError when the stored file is not a valid definition.
 */
export async function startRefusal(
  session: Session,
  identity: Identity,
): Promise<string | undefined> {
  const { state } = await currentOrDamaged(session, identity);
  if (state.phase !== 'off') return undefined;
  const definition = asStarted(session, stored(session, identity));
  using looks = session.lookers.looks({ within: session.startTimeout });
  try {
    checkStartable(definition, strictness(readSettings(session.paths), {}));
    // Which ids it will have makes no difference to who can reach its files.
    await checkMappedSources(withAllocatedIds(definition, allocatable.first), looks);
    return undefined;
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    return error.message.split('\n')[0];
  }
}
