/** A running virtual network, as the code for its parts (bridge, firewall, dnsmasq, shaping) needs it. */
import { networkPaths } from '../host/state/state-paths';
import type { NetworkPaths, StatePaths } from '../host/state/state-paths';
import type { NetworkDefinition } from './definition/definition';

export interface ActiveNetwork {
  /** Always has a bridge name, even if the stored definition has none. */
  readonly definition: NetworkDefinition;
  /** Name of the bridge. */
  readonly bridge: string;
  readonly paths: NetworkPaths;
}

/** `definition` must have a bridge name. */
export function activeNetwork(paths: StatePaths, definition: NetworkDefinition): ActiveNetwork {
  const bridge = definition.bridge.name ?? '';
  return { definition, bridge, paths: networkPaths(paths, definition.name) };
}
