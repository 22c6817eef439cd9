/** Starting a network, for a caller, a container or a boot. Under its lock, with the network off. */
import { networkHook } from '../hooks/network-hooks';
import { bringUp } from '../../network/lifecycle/lifecycle';
import type { NetworkDefinition } from '../../network/definition/definition';
import { endNetwork } from '../../network/lifecycle/reconcile';
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
  const others = await otherNetworks(session, name);
  const takenBridges = others.flatMap(({ bridge }) => bridge.name ?? []);
  await networkHook(session, 'start', { network: definition });
  try {
    await bringUp({ paths, definition, takenBridges });
  } catch (error) {
    // What could not be undone is still on record.
    const isOff = readNetworkState(paths, name).phase === 'off';
    if (isOff && !networks.has(name)) forgetNetwork(paths, name);
    throw error;
  }
  await networkHook(session, 'started', { network: definition }).catch(async (error: unknown) => {
    await takeDownRefused(session, definition);
    throw error;
  });
  await session.announce({ event: 'started', network: name, uuid });
  logger.info({ network: name }, 'network started');
}

async function takeDownRefused(session: Session, definition: NetworkDefinition): Promise<void> {
  const { paths, networks } = session;
  const { name } = definition;
  const state = readNetworkState(paths, name);
  if (state.phase !== 'off') await endNetwork(paths, state.record, 'failed');
  if (!networks.has(name)) forgetNetwork(paths, name);
  await networkHook(session, 'stopped', { network: definition });
}
