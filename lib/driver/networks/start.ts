/** Starting a network, for a caller, a container or a boot. Under its lock, with the network off. */
import { bringUp } from '../../network/lifecycle/lifecycle';
import type { NetworkDefinition } from '../../network/definition/definition';
import { forgetNetwork, readNetworkState } from '../../network/lifecycle/state';
import { otherNetworks } from './settling';
import type { Session } from '../session/session';

/**
 * Starts the network and announces it.
 *
 * @throws as `bringUp`; the host is then as it was before.
 */
export async function launchNetwork(
  session: Session,
  definition: NetworkDefinition,
): Promise<void> {
  const { paths, networks, logger } = session;
  const { name, uuid } = definition;
  const others = await otherNetworks(session, name);
  const takenBridges = others.flatMap(({ bridge }) => bridge.name ?? []);
  try {
    await bringUp({ paths, definition, takenBridges });
  } catch (error) {
    // What could not be undone is still on record.
    const isOff = readNetworkState(paths, name).phase === 'off';
    if (isOff && !networks.has(name)) forgetNetwork(paths, name);
    throw error;
  }
  await session.announce({ event: 'started', network: name, uuid });
  logger.info({ network: name }, 'network started');
}
