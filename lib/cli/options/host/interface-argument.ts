/** Finds the interface of the host that a command line names: by name or by MAC address, in that order, as virsh does. */
import { TslxcError } from '../../../errors';
import type { Connection, HostInterfaceInfo } from '../../../index';
import { suggestion } from '../../../suggestion';
import type { Option } from '../../shell/arguments';
import { CommandError } from '../../shell/command-error';

export type InterfaceKey = 'name' | 'mac';

/** The option that names the interface. */
export const interfaceOption: Option = {
  name: 'interface',
  kind: 'string',
  help: 'interface name or MAC address',
  positional: 'required',
};

/** Rejects with `failed to get interface 'x'`, and the library's error of the last look-up. */
export async function findHostInterface(
  connection: Connection,
  text: string,
  keys: readonly InterfaceKey[] = ['name', 'mac'],
): Promise<HostInterfaceInfo> {
  let last: unknown;
  for (const key of keys) {
    try {
      const { hostInterfaces } = connection;
      return await (key === 'name'
        ? hostInterfaces.lookup(text)
        : hostInterfaces.lookupByMac(text));
    } catch (error) {
      last = error;
      if (!TslxcError.is(error, 'NO_INTERFACE')) break;
    }
  }
  const hint = TslxcError.is(last, 'NO_INTERFACE') ? await hintFor(connection, text) : '';
  throw new CommandError(`failed to get interface '${text}'${hint}`, {
    cause: last,
    code: 'NO_INTERFACE',
  });
}

async function hintFor({ hostInterfaces }: Connection, text: string): Promise<string> {
  const all = await hostInterfaces.list().catch(() => []);
  return suggestion(
    text,
    all.map(({ name }) => name),
  );
}
