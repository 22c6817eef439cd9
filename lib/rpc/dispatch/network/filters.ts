/** The filters of a list of networks. */
import type { Connection } from '../../../driver/connection';
import type { Network } from '../../../driver/network';
import type { NetworkFilter } from '../../../driver/types';
import { hasFlag } from '../base/flags';

/** virConnectListAllNetworksFlags: both flags of a pair together filter nothing. */
const networkFlags = {
  inactive: 1,
  active: 2,
  persistent: 4,
  transient: 8,
  autostart: 16,
  noAutostart: 32,
} as const;

export const allNetworkFlags = Object.values(networkFlags).reduce((sum, flag) => sum | flag, 0);

export function listedNetworks(connection: Connection, flags: number): Promise<Network[]> {
  return connection.listNetworks(filterOf(flags));
}

function filterOf(flags: number): NetworkFilter {
  const has = (name: keyof typeof networkFlags): boolean => hasFlag(flags, networkFlags[name]);
  return {
    ...(has('active') === has('inactive') ? {} : { state: has('active') ? 'active' : 'inactive' }),
    ...(has('persistent') === has('transient')
      ? {}
      : { persistence: has('persistent') ? 'persistent' : 'transient' }),
    ...(has('autostart') === has('noAutostart')
      ? {}
      : { autostart: has('autostart') ? 'on' : 'off' }),
  };
}
