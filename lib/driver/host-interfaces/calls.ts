/** What the methods of HostInterfaces take. */
import { text, optional } from '../../shape/shape';
import { activityFilter } from '../arguments/filter-shapes';

export const hostInterfacesCalls = {
  list: [['filter', optional(activityFilter)]],
  lookup: [['name', text]],
  lookupByMac: [['mac', text]],
  xml: [['name', text]],
} as const;
