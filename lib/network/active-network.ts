/** A virtual network that runs: what its parts (bridge, firewall, dnsmasq, shaping) work on. */
import { networkPaths } from '../host/state/state-paths';
import type { NetworkPaths, StatePaths } from '../host/state/state-paths';
import type { NetworkDefinition } from './definition/definition';

export interface ActiveNetwork {
  /** With a bridge name, also where the stored one has none. */
  readonly definition: NetworkDefinition;
  /** Name of the bridge. */
  readonly bridge: string;
  readonly paths: NetworkPaths;
}

/** `definition` has its bridge. */
export function activeNetwork(paths: StatePaths, definition: NetworkDefinition): ActiveNetwork {
  const bridge = definition.bridge.name ?? '';
  return { definition, bridge, paths: networkPaths(paths, definition.name) };
}
