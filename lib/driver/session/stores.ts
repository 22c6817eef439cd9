/** The stored definitions of domains and of virtual networks, and what is filled in where their texts leave it out. */
import { createHash } from 'node:crypto';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { macFromBytes } from '../../domain/interface/mac-address';
import type { ParseContext } from '../../domain/parse-session';
import { DefinitionStore } from '../../host/state/definition-store';
import type { Identity, StoreOptions } from '../../host/state/definition-store';
import type { NetworkDefinition } from '../../network/definition/definition';
import { formatNetwork } from '../../network/definition/format';

export type DomainStore = DefinitionStore<DomainDefinition>;
export type NetworkStore = DefinitionStore<NetworkDefinition>;

type StorePlace<Definition extends Identity> = Pick<
  StoreOptions<Definition>,
  'directory' | 'parse' | 'logger' | 'known'
>;

export function domainStore(place: StorePlace<DomainDefinition>): DomainStore {
  const format = (definition: DomainDefinition): string => formatDomain(definition);
  return new DefinitionStore({ kind: 'domain', command: 'tslxc define', format, ...place });
}

export function networkStore(place: StorePlace<NetworkDefinition>): NetworkStore {
  const format = (definition: NetworkDefinition): string => formatNetwork(definition);
  return new DefinitionStore({ kind: 'network', command: 'tslxc net-define', format, ...place });
}

/** Makes the uuid and the Ethernet addresses that a text leaves out. */
export type Generators = Pick<ParseContext, 'newUuid' | 'newMac'>;

/** For a file that was written by hand without a uuid or addresses: made from its path, they are the same at each reading. */
export function generatorsOf(path: string): Generators {
  let macs = 0;
  const newMac = (): string => {
    macs += 1;
    return macFromBytes(createHash('sha256').update(`${path} ${macs}`).digest());
  };
  return { newUuid: () => uuidOfPath(path), newMac };
}

/** RFC 9562, version 8. */
function uuidOfPath(path: string): string {
  const digits = createHash('sha256').update(path).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}
