/** What the methods of NodeDevices take. */
import { deviceCapabilities } from '../../host/devices/node-device';
import { listOf, object, oneOf, optional, text } from '../../shape/shape';
import type { NodeDeviceFilter } from './types';

export const nodeDevicesCalls = {
  list: [
    [
      'filter',
      optional(
        object<NodeDeviceFilter>({ capabilities: optional(listOf(oneOf(...deviceCapabilities))) }),
      ),
    ],
  ],
  lookup: [['name', text]],
  lookupByWwn: [
    ['wwnn', text],
    ['wwpn', text],
  ],
  xml: [['name', text]],
} as const;
