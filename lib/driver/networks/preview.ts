/** The networks that a start of a container would bring up, for its plan. Only reads. */
import { chooseBridge } from '../../network/bridge/choice';
import { checkNetworkStartable } from '../../network/definition/check-mode';
import { hasOwnBridge } from '../../network/definition/definition';
import type { NetworkDefinition } from '../../network/definition/definition';
import { defaultNetwork } from '../../network/lifecycle/default-network';
import type { NetworkState } from '../../network/lifecycle/state';
import { isDefaultThere, isStartedByUse, newDefault } from './autostart';
import { otherNetworks } from './settling';
import type { Session } from '../session/session';

/**
 * The network as the start of a container on it would bring it up, with the bridge that it would get; undefined if the start
 * would not bring it up.
 *
 * @throws as a start of the network, as far as its errors are known beforehand.
 */
export async function previewNetwork(
  session: Session,
  name: string,
  state: NetworkState,
): Promise<NetworkDefinition | undefined> {
  const definition = await definitionToStart(session, name, state);
  if (definition === undefined) return undefined;
  checkNetworkStartable(definition);
  if (!hasOwnBridge(definition)) return definition;
  const others = await otherNetworks(session, name);
  return await chooseBridge(
    definition,
    others.flatMap(({ bridge }) => bridge.name ?? []),
  );
}

async function definitionToStart(
  session: Session,
  name: string,
  state: NetworkState,
): Promise<NetworkDefinition | undefined> {
  if (isStartedByUse(session, name, state)) return session.networks.read(name);
  if (name !== defaultNetwork || isDefaultThere(session)) return undefined;
  return await newDefault(session);
}
