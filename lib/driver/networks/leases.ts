/** The leases of virtual networks, for those who have interfaces in them. */
import type { LeaseLookup } from '../interfaces/addresses';
import { networkLeases } from './inspect';
import { findNetworkByName } from './lookup';
import type { Session } from '../session/session';

/** By the network that has the name now: what a container has recorded of its networks is their names. */
export function networkLeaseLookup(session: Session): LeaseLookup {
  return async (network, mac) =>
    networkLeases(session, await findNetworkByName(session, network), mac);
}
