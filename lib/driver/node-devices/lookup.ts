/** The devices of this host: which there are, and the XML of one. They are read anew each time, and nothing is changed. */
import { TslxcError } from '../../errors';
import type { NodeDevice } from '../../host/devices/node-device';
import { adapterOf, readNodeDevices } from '../../host/devices/node-devices';
import { formatNodeDevice } from './format';
import type { NodeDeviceFilter, NodeDeviceInfo } from './types';

/** @throws SyscallError. */
export async function listNodeDevices({
  capabilities: wanted,
}: NodeDeviceFilter): Promise<NodeDeviceInfo[]> {
  const all = await readNodeDevices();
  const fits = ({ capabilities }: NodeDevice): boolean =>
    wanted === undefined || capabilities.some((one) => wanted.includes(one));
  return all.filter(fits).map(infoOf);
}

/** @throws TslxcError NO_NODE_DEVICE. */
export async function lookUpNodeDevice(name: string): Promise<NodeDeviceInfo> {
  return infoOf(await find(name));
}

/** @throws TslxcError NO_NODE_DEVICE. */
export async function lookUpAdapter(wwnn: string, wwpn: string): Promise<NodeDeviceInfo> {
  const name = adapterOf(wwnn, wwpn);
  if (name !== undefined) return lookUpNodeDevice(name);
  const detail = `no SCSI host adapter has the names '${wwnn}' (node) and '${wwpn}' (port)`;
  throw new TslxcError('NO_NODE_DEVICE', detail);
}

/** @throws TslxcError NO_NODE_DEVICE. */
export async function nodeDeviceXml(name: string): Promise<string> {
  return formatNodeDevice(await find(name));
}

async function find(name: string): Promise<NodeDevice> {
  const found = (await readNodeDevices()).find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new TslxcError('NO_NODE_DEVICE', `no node device with matching name '${name}'`);
}

function infoOf({ name, path, parent, capabilities }: NodeDevice): NodeDeviceInfo {
  return {
    name,
    ...(path !== undefined && { path }),
    ...(parent !== undefined && { parent }),
    capabilities: [...capabilities],
  };
}
