/** What the methods of HostInterfaces take. */
import { object, oneOf, optional, text } from '../../shape/shape';
import type { HostInterfaceFilter } from './types';

export const hostInterfacesCalls = {
  list: [
    [
      'filter',
      optional(object<HostInterfaceFilter>({ state: optional(oneOf('active', 'inactive')) })),
    ],
  ],
  lookup: [['name', text]],
  lookupByMac: [['mac', text]],
  xml: [['name', text]],
} as const;
