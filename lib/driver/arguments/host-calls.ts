/** What the methods of the classes about the host take: of its NodeDevices. */
import { deviceCapabilities } from '../../host/devices/node-device';
import { listOf, object, oneOf, optional, text } from '../../shape/shape';
import type { NodeDeviceFilter } from '../node-devices/types';

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
