/** The virtual network that a command line names. */
import type { Connection, Network } from '../../index';
import type { Option } from '../shell/arguments';
import { findNamed, type NameKey } from './find-named';

/** The option that names the network in most commands. */
export const networkOption: Option = {
  name: 'network',
  kind: 'string',
  help: 'network name or uuid',
  positional: 'required',
  values: 'network',
};

/** Rejects with `failed to get network 'x'`, and the library's error of the last look-up. */
export function findNetwork(
  connection: Connection,
  text: string,
  keys?: readonly NameKey[],
): Promise<Network> {
  const kind = {
    noun: 'network',
    missing: 'NO_NETWORK',
    byUuid: (uuid: string) => connection.lookupNetworkByUuid(uuid),
    byName: (name: string) => connection.lookupNetworkByName(name),
    list: () => connection.listNetworks(),
  } as const;
  return findNamed(kind, text, keys);
}
