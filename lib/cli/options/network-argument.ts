/** Finds the virtual network that a command line names: by uuid or name, in that order, as virsh does. */
import { TslxcError } from '../../errors';
import { CommandError } from '../shell/command-error';
import { suggestion } from '../../suggestion';
import type { Connection, Network } from '../../index';
import type { Option } from '../shell/arguments';

export type NetworkKey = 'uuid' | 'name';

/** The option that names the network in most commands. */
export const networkOption: Option = {
  name: 'network',
  kind: 'string',
  help: 'network name or uuid',
  positional: 'required',
  values: 'network',
};

/** Rejects with `failed to get network 'x'`, and the library's error of the last look-up. */
export async function findNetwork(
  connection: Connection,
  text: string,
  keys: readonly NetworkKey[] = ['uuid', 'name'],
): Promise<Network> {
  let last: unknown;
  for (const lookup of lookups(connection, text, keys)) {
    try {
      return await lookup();
    } catch (error) {
      last = error;
      if (!TslxcError.is(error, 'NO_NETWORK')) break;
    }
  }
  const hint = TslxcError.is(last, 'NO_NETWORK') ? await hintFor(connection, text) : '';
  throw new CommandError(`failed to get network '${text}'${hint}`, {
    cause: last,
    code: 'NO_NETWORK',
  });
}

/** Suggests an existing network with a similar name. */
async function hintFor(connection: Connection, text: string): Promise<string> {
  const networks = await connection.listNetworks().catch(() => []);
  return suggestion(
    text,
    networks.map(({ name }) => name),
  );
}

function* lookups(
  connection: Connection,
  text: string,
  keys: readonly NetworkKey[],
): Generator<() => Promise<Network>> {
  if (keys.includes('uuid') && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    yield () => connection.lookupNetworkByUuid(text.toLowerCase());
  }
  if (keys.includes('name')) yield () => connection.lookupNetworkByName(text);
}
