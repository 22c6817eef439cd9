/** The devices of the host: which there are, and what is told of one. */
import type { NodeDeviceFilter, NodeDeviceInfo } from '../../../driver/node-devices/types';
import { deviceCapabilities, type DeviceCapability } from '../../../host/devices/node-device';
import type { nodeDeviceProcedures } from '../../protocol/node-device';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { asked } from '../base/parameters';

/** virConnectListAllNodeDeviceFlags: a bit for each capability, in libvirt's order; with none of them, all are meant. */
const capabilityFlags: readonly (readonly [number, DeviceCapability])[] = deviceCapabilities.map(
  (capability, index) => [2 ** index, capability],
);

/** The bits of capabilities that no device here has: mediated devices, those of s390, and vDPA. */
const otherCapabilities = [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];

/** All devices here are persistent and active. */
const stateFlags = {
  persistent: 2 ** 28,
  transient: 2 ** 29,
  inactive: 2 ** 30,
  active: 2 ** 31,
} as const;

const anyCapability = [...capabilityFlags.map(([flag]) => flag), ...otherCapabilities.map(bit)];
const allListFlags = [...anyCapability, ...Object.values(stateFlags)].reduce(either, 0);

const xmlFlags = { inactive: 1 } as const;

export const nodeDeviceHandlers: Handlers<typeof nodeDeviceProcedures> = {
  NodeNumOfDevices: async (call, { capability, flags }) => {
    checkFlags(flags, 0, 'nodeNumOfDevices');
    return { count: (await withCapability(call, capability)).length };
  },
  NodeListDevices: async (call, { capability, most, flags }) => {
    checkFlags(flags, 0, 'nodeListDevices');
    const found = await withCapability(call, capability);
    return { names: asked(found.map(nameOf), most) };
  },
  ConnectListAllNodeDevices: async (call, { needsResults, flags }) => {
    checkFlags(flags, allListFlags, 'nodeConnectListAllNodeDevices');
    const found = await listed(call, flags);
    const devices = needsResults === 0 ? [] : found.map(wireDevice);
    return { devices, count: found.length };
  },
  NodeDeviceLookupByName: async (call, { name }) => ({ device: await deviceOf(call, name) }),
  NodeDeviceLookupSCSIHostByWWN: async ({ client }, { wwnn, wwpn, flags }) => {
    checkFlags(flags, 0, 'nodeDeviceLookupSCSIHostByWWN');
    const { nodeDevices } = client.connection();
    return { device: wireDevice(await nodeDevices.lookupByWwn(wwnn, wwpn)) };
  },
  NodeDeviceGetXMLDesc: async ({ client }, { name, flags }) => {
    checkFlags(flags, xmlFlags.inactive, 'nodeDeviceGetXMLDesc');
    return { xml: await client.connection().nodeDevices.xml(name) };
  },
  NodeDeviceGetParent: async (call, { name }) => ({ parent: (await infoOf(call, name)).parent }),
  NodeDeviceNumOfCaps: async (call, { name }) => ({
    count: (await infoOf(call, name)).capabilities.length,
  }),
  NodeDeviceListCaps: async (call, { name, most }) => ({
    names: asked((await infoOf(call, name)).capabilities, most),
  }),
  // The kernel makes them, and they are there for as long as their hardware is.
  NodeDeviceGetAutostart: async (call, { name }) => {
    await infoOf(call, name);
    return { autostart: 1 };
  },
  NodeDeviceIsPersistent: async (call, { name }) => {
    await infoOf(call, name);
    return { persistent: 1 };
  },
  NodeDeviceIsActive: async (call, { name }) => {
    await infoOf(call, name);
    return { active: 1 };
  },
};

function bit(number: number): number {
  return 2 ** number;
}

function either(sum: number, flag: number): number {
  return (sum | flag) >>> 0;
}

function nameOf({ name }: NodeDeviceInfo): string {
  return name;
}

function wireDevice({ name }: NodeDeviceInfo): { readonly name: string } {
  return { name };
}

function infoOf({ client }: Call, name: string): Promise<NodeDeviceInfo> {
  return client.connection().nodeDevices.lookup(name);
}

async function deviceOf(call: Call, name: string): Promise<{ readonly name: string }> {
  return wireDevice(await infoOf(call, name));
}

/** As libvirt: of a capability that it does not know, there are none. */
async function withCapability(
  { client }: Call,
  capability: string | undefined,
): Promise<NodeDeviceInfo[]> {
  const { nodeDevices } = client.connection();
  if (capability === undefined) return nodeDevices.list();
  const known = deviceCapabilities.find((one) => one === capability);
  return known === undefined ? [] : nodeDevices.list({ capabilities: [known] });
}

async function listed({ client }: Call, flags: number): Promise<NodeDeviceInfo[]> {
  const has = (name: keyof typeof stateFlags): boolean => hasFlag(flags, stateFlags[name]);
  if (has('inactive') && !has('active')) return [];
  if (has('transient') && !has('persistent')) return [];
  const isLimited = anyCapability.some((flag) => hasFlag(flags, flag));
  return client.connection().nodeDevices.list(isLimited ? filterOf(flags) : {});
}

function filterOf(flags: number): NodeDeviceFilter {
  return {
    capabilities: capabilityFlags.flatMap(([flag, one]) => (hasFlag(flags, flag) ? [one] : [])),
  };
}
