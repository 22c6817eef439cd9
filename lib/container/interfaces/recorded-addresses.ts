/** What the record of an interface keeps of the addresses that its definition gives it. Pure. */
import type { InterfaceDefinition } from '../../domain/interface/definition';
import type { LinkRecord } from '../record/run-state';

export function recordedAddresses({
  addresses,
}: Pick<InterfaceDefinition, 'addresses'>): Pick<LinkRecord, 'addresses'> {
  if (addresses.length === 0) return {};
  return {
    addresses: addresses.map(({ family, address, prefix }) => ({ family, address, prefix })),
  };
}
