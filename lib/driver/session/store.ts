/** The stored definitions of domains. */
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { DefinitionStore } from '../../host/state/definition-store';
import type { StoreOptions } from '../../host/state/definition-store';

export type DomainStore = DefinitionStore<DomainDefinition>;

export function domainStore(
  options: Pick<StoreOptions<DomainDefinition>, 'directory' | 'parse' | 'logger'>,
): DomainStore {
  const format = (definition: DomainDefinition): string => formatDomain(definition);
  return new DefinitionStore({ kind: 'domain', command: 'tslxc define', format, ...options });
}
