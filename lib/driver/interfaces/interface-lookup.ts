/** Finds the interface of a domain by a name or an address. Pure. */
import type { Which } from '../definitions/domain-change';
import { parseMac } from '../../domain/interface/mac-address';
import { TslxcError } from '../../errors';
import type { InterfaceInfo } from './types';

type Named = Pick<InterfaceInfo, 'name' | 'guest' | 'mac'>;

/**
 * The index in `interfaces` of the one with this name on the host, this name inside, or this MAC address.
 *
 * @throws TslxcError INVALID_ARG when there is none, or several have the address.
 */
export function interfaceIndex(interfaces: readonly Named[], device: string): number {
  const mac = parseMac(device);
  const tests: readonly ((one: Named) => boolean)[] = [
    ({ name }) => name === device,
    ({ guest }) => guest === device,
    (one) => mac !== undefined && one.mac === mac,
  ];
  for (const test of tests) {
    const [first, second] = interfaces.flatMap((one, index) => (test(one) ? [index] : []));
    if (second !== undefined) {
      throw new TslxcError('INVALID_ARG', `multiple interfaces matching '${device}'`);
    }
    if (first !== undefined) return first;
  }
  throw new TslxcError('INVALID_ARG', `invalid path, '${device}' is not a known interface`);
}

/** The interface itself. @throws as `interfaceIndex`. */
export function findInterface<T extends Named>(interfaces: readonly T[], device: string): T {
  const found = interfaces[interfaceIndex(interfaces, device)];
  if (found === undefined) throw new TslxcError('INTERNAL_ERROR', 'an interface has gone');
  return found;
}

export interface InterfaceQuery {
  /** Name on the host, name inside, or MAC address. */
  readonly device: string;
  readonly which: Which;
}
