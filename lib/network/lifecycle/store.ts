/** The stored definitions of virtual networks. */
import { DefinitionStore } from '../../host/state/definition-store';
import type { StoreOptions } from '../../host/state/definition-store';
import type { NetworkDefinition } from '../definition/definition';
import { formatNetwork } from '../definition/format';

export type NetworkStore = DefinitionStore<NetworkDefinition>;

export function networkStore(
  options: Pick<StoreOptions<NetworkDefinition>, 'directory' | 'parse' | 'logger'>,
): NetworkStore {
  const format = (definition: NetworkDefinition): string => formatNetwork(definition);
  return new DefinitionStore({ kind: 'network', command: 'tslxc net-define', format, ...options });
}
