/** Finds the interface of the host that a command line names: by MAC address if it is one, else by name, as virsh does. */
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

/** As virsh takes it. */
const macPattern = /^[\da-f]{1,2}(?::[\da-f]{1,2}){5}$/i;

/** Rejects with `failed to get interface 'x'`, and the library's error, if it is looked up at all. */
export async function findHostInterface(
  { hostInterfaces }: Connection,
  text: string,
  keys: readonly InterfaceKey[] = ['name', 'mac'],
): Promise<HostInterfaceInfo> {
  const key: InterfaceKey = macPattern.test(text) ? 'mac' : 'name';
  if (!keys.includes(key)) throw notFound(text, await hintFor(hostInterfaces, text));
  try {
    return await (key === 'name' ? hostInterfaces.lookup(text) : hostInterfaces.lookupByMac(text));
  } catch (error) {
    const isGone = TslxcError.is(error, 'NO_INTERFACE');
    throw notFound(text, isGone ? await hintFor(hostInterfaces, text) : '', error);
  }
}

function notFound(text: string, hint: string, cause?: unknown): CommandError {
  const why = cause === undefined ? ({ code: 'NO_INTERFACE' } as const) : { cause };
  return new CommandError(`failed to get interface '${text}'${hint}`, why);
}

async function hintFor(
  hostInterfaces: Connection['hostInterfaces'],
  text: string,
): Promise<string> {
  const all = await hostInterfaces.list().catch(() => []);
  return suggestion(
    text,
    all.map(({ name }) => name),
  );
}
