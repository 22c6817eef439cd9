/** Starts a network, for a caller, a container or a boot. Under its lock, while the network is off. */
import { announceEnd, expectEnd, networkHook } from '../hooks/network-hooks';
import { bringUp } from '../../network/lifecycle/lifecycle';
import type { NetworkDefinition } from '../../network/definition/definition';
import { forgetNetwork, readNetworkState } from '../../network/lifecycle/state';
import { otherNetworks } from './settling';
import type { Session } from '../session/session';

/**
 * Starts the network and announces it.
 *
 * @throws as `bringUp`, and as `networkHook` if a hook refuses it; the host is then as it was before.
 */
export async function launchNetwork(
  session: Session,
  definition: NetworkDefinition,
): Promise<void> {
  const { paths, networks, logger } = session;
  const { name, uuid } = definition;
  expectEnd(session, definition);
  try {
    await networkHook(session, 'start', { network: definition });
    // Other networks may have been defined or started while the scripts ran.
    const others = await otherNetworks(session, name);
    const takenBridges = others.flatMap(({ bridge }) => bridge.name ?? []);
    const onMade = async (network: NetworkDefinition): Promise<void> => {
      expectEnd(session, network);
      await networkHook(session, 'started', { network });
    };
    await bringUp({ paths, definition, takenBridges, onMade });
  } catch (error) {
    // If not everything could be undone, the network is still on record, and the next process calls the hooks of its end.
    if (readNetworkState(paths, name).phase === 'off') {
      await announceEnd(session, name);
      if (!networks.has(name)) forgetNetwork(paths, name);
    }
    throw error;
  }
  await session.announce({ event: 'started', network: name, uuid });
  logger.info({ network: name }, 'network started');
}
