/** Disks and host devices in the /dev of a running container and in its device filter. */
import { lookedUp } from '../../domain/devices/volume-source';
import { withOnly } from '../../domain/devices/device';
import { TslxcError } from '../../errors';
import { lastingCgroups } from '../../plan/cgroups/cgroups';
import { planNode } from '../../plan/devices';
import { wantedDevices } from '../../plan/mounts/host-devices';
import type { HostDevice } from '../../plan/mounts/host-devices';
import type { StartRecord } from '../record/run-state';
import type { Undo } from '../record/undo';
import { lookUpDevices } from '../sources/host-devices';
import {
  attachImages,
  claimImages,
  releaseEarlierImages,
  releaseImages,
} from '../sources/image-devices';
import type { DetachImage, ImageDevices } from '../sources/image-devices';
import { userOf } from '../start/preparation';
import type { AttachRequest, DeviceOf, DeviceRequest } from './device-request';
import { fieldsOf, filterDevices, plugIn, plugOut } from './plug';

type NodeDevice = DeviceOf<'disks' | 'hostDevices'>;

/**
 * Allows the device, then makes its node. An image gets a block device first.
 *
 * @throws as `lookUpDevices` and `plugIn`; DefinitionError CONFIG_UNSUPPORTED for a node that another device has.
 */
export async function attachNode(request: AttachRequest<NodeDevice>): Promise<StartRecord> {
  const { context, start, device, after, xml } = request;
  // First alone: what is wrong in it has a place in the text that it came in, and then beside the others, which have their nodes.
  wantedDevices(withOnly(after, device));
  wantedDevices(after);
  const before = await devicesOf(request);
  const images = await claim(request);
  const host = await lookUp(request, images).catch((error: unknown) => {
    releaseImages(images);
    throw error;
  });
  const devices = [...before, host];
  return await plugIn(context, start, {
    record: { ...fieldsOf(start), xml, devices, undo: [...start.undo, ...images.undo] },
    undo: [
      ...images.undo,
      { undo: 'filterDevices', before: devices },
      { undo: 'removeNode', ...host },
    ],
    onHost: [
      () => attach(request, images),
      () => filterDevices(context, { before, after: devices }),
    ],
    operations: planNode(after, host),
    places: new Map([['root', placeOf(device)]]),
    afterwards: [],
  });
}

/** Removes the node, then disallows the device: open files stay open, but the device can't be opened again. */
export async function detachNode(request: DeviceRequest<NodeDevice>): Promise<StartRecord> {
  const { context, start, device, xml } = request;
  const { source } = lookedUp(device.item);
  // An optional USB device that was not there has no node.
  if (source === '') {
    return await plugOut(context, start, { undo: [], without: { ...fieldsOf(start), xml } });
  }
  const before = await devicesOf(request);
  const node = nodeOf(request);
  const host = before.find((one) => one.node === node);
  if (host === undefined) {
    throw new TslxcError('INTERNAL_ERROR', `the record of the container has no /dev/${node}`, {
      domain: start.name,
      path: source,
    });
  }
  const isImage = (one: Undo): one is DetachImage =>
    one.undo === 'detachImage' && one.node === node;
  return await plugOut(context, start, {
    undo: [
      ...start.undo.filter(isImage),
      { undo: 'filterDevices', before },
      { undo: 'removeNode', ...host },
    ],
    without: {
      ...fieldsOf(start),
      xml,
      devices: before.filter((one) => one !== host),
      undo: start.undo.filter((one) => !isImage(one)),
    },
  });
}

async function claim({ context, start, device, after }: DeviceRequest<NodeDevice>) {
  const user = userOf(context.paths, after);
  const recorded = start.undo.flatMap((one) => (one.undo === 'detachImage' ? one.device : []));
  if (device.list === 'disks') await releaseEarlierImages(user, recorded);
  const cgroups = lastingCgroups(context.layout);
  return await claimImages(withOnly(after, device), { user, cgroups });
}

async function attach({ context }: DeviceRequest, { claimed }: ImageDevices): Promise<void> {
  using looks = context.lookers.looks({ within: context.within });
  await attachImages(claimed, looks);
}

/** The devices that the container has now; a start by an older version of the package has not recorded them. */
async function devicesOf({ context, start }: DeviceRequest): Promise<readonly HostDevice[]> {
  const { definition, lookers, within } = context;
  if (start.devices !== undefined) return start.devices;
  using looks = lookers.looks({ within });
  // Those versions knew no images.
  return await lookUpDevices(definition, looks, new Map());
}

async function lookUp(
  { context, device, after }: DeviceRequest<NodeDevice>,
  { numbers }: ImageDevices,
): Promise<HostDevice> {
  using looks = context.lookers.looks({ within: context.within });
  const [found] = await lookUpDevices(withOnly(after, device), looks, numbers);
  if (found === undefined) throw new RangeError('a device is missing');
  return found;
}

function nodeOf({ device, after }: DeviceRequest<NodeDevice>): string {
  const [wanted] = wantedDevices(withOnly(after, device));
  if (wanted === undefined) throw new RangeError('a device is missing');
  return wanted.node;
}

function placeOf({ list, item }: NodeDevice) {
  const path = list === 'disks' ? 'domain/devices/disk' : 'domain/devices/hostdev';
  return { path, position: item.position };
}
