/** The host name that a running container has sent to the DHCP server of a virtual network. */
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { requireRunning } from '../definitions/definitions';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';
import { leasesOf } from './addresses';

/**
 * The name sent by the first of its interfaces that has sent one.
 *
 * @throws TslxcError NO_HOSTNAME when none has; OPERATION_INVALID when nothing runs; NO_NETWORK for a network that is gone.
 */
export async function leasedHostname(session: Session, identity: Identity): Promise<string> {
  const state = await currentState(session, identity);
  requireRunning(state, 'look', identity);
  for (const { network, mac } of state.start.links ?? []) {
    const leases = network === undefined ? [] : await leasesOf(session, network, mac);
    const named = leases.find(({ hostname }) => hostname !== undefined);
    if (named?.hostname !== undefined) return named.hostname;
  }
  const detail = `no hostname found for domain ${identity.name}`;
  throw new TslxcError('NO_HOSTNAME', detail, { domain: identity.name });
}
