/** Finds the device of the host that a command line names: by its name, or by the two names of an adapter of Fibre Channel. */
import type { Connection, NodeDeviceInfo } from '../../../index';
import { suggestion } from '../../../suggestion';
import { TslxcError } from '../../../errors';
import type { Option } from '../../shell/arguments';
import { CommandError } from '../../shell/command-error';

/** The option that names the device. */
export const nodeDeviceOption: Option = {
  name: 'device',
  kind: 'string',
  help: "device name or wwn pair in 'wwnn,wwpn' format",
  positional: 'required',
  values: 'nodedev',
};

/** Rejects with `Could not find matching device 'x'`, and the library's error. */
export async function findNodeDevice(
  connection: Connection,
  text: string,
): Promise<NodeDeviceInfo> {
  const { nodeDevices } = connection;
  const names = text.split(',');
  try {
    if (names.length === 1) return await nodeDevices.lookup(text);
    const [wwnn, wwpn] = worldWideNames(text, names);
    return await nodeDevices.lookupByWwn(wwnn, wwpn);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const hint = TslxcError.is(cause, 'NO_NODE_DEVICE') ? await hintFor(connection, text) : '';
    throw new CommandError(`Could not find matching device '${text}'${hint}`, { cause });
  }
}

async function hintFor({ nodeDevices }: Connection, text: string): Promise<string> {
  const all = await nodeDevices.list().catch(() => []);
  return suggestion(
    text,
    all.map(({ name }) => name),
  );
}

function worldWideNames(text: string, names: readonly string[]): [string, string] {
  const [wwnn, wwpn, ...more] = names;
  if (wwnn === undefined || wwpn === undefined || more.length > 0) {
    throw new CommandError(`Malformed device value '${text}'`, { code: 'INVALID_ARG' });
  }
  const wrong = [wwnn, wwpn].find((name) => !/^[0-9a-f]{16}$/i.test(name));
  if (wrong === undefined) return [wwnn, wwpn];
  throw new CommandError(`Malformed wwn: '${wrong}' is not 16 hexadecimal digits`, {
    code: 'INVALID_ARG',
  });
}
