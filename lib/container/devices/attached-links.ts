/** Network interfaces of a running container: those of `<interface>`, and interfaces that the host lends. */
import { constants as system } from 'node:os';
import type { Device } from '../../domain/devices/device';
import { withOnly } from '../../domain/devices/device';
import type { DomainDefinition } from '../../domain/definition';
import { hostSideMac } from '../../domain/interface/mac-address';
import { TslxcError } from '../../errors';
import type { Link as KernelLink } from '../../host/native';
import { native } from '../../host/native';
import { planLink } from '../../plan/devices';
import { networkMode } from '../../plan/process/namespaces';
import { linkPlaces } from '../interfaces/link-failure';
import { placeFilter } from '../interfaces/tables/link-filter';
import { placeReach } from '../interfaces/port/link-reach';
import { LinkNumbers } from '../interfaces/link-numbers';
import { lookUpLinks, type ResolvedLinks } from '../interfaces/links';
import { addSwitchPort } from '../interfaces/switch-port';
import { networkViews } from '../interfaces/network-view';
import type { LinkRecord, StartRecord } from '../record/run-state';
import { isOfLink } from '../record/undo';
import type { LinkUndo } from '../record/undo';
import { initHasEnded } from '../init/ended-init';
import { readRunState } from '../record/run-state';
import type { AttachRequest, DeviceOf, DeviceRequest } from './device-request';
import { fieldsOf, plugIn, plugOut } from './plug';

type LinkDevice = DeviceOf<'interfaces' | 'hostInterfaces'>;

/**
 * Makes the interface as a start does; one that has no name inside gets the lowest that is free there.
 *
 * @throws TslxcError OPERATION_INVALID for a container without a network of its own; and as `lookUpLinks` and `plugIn`.
 */
export async function attachLink(request: AttachRequest<LinkDevice>): Promise<StartRecord> {
  const { context, start, xml, recording, beforeLinked, whenLinked } = request;
  const owner = { root: context.paths.root, name: context.name };
  const inside = await roomInside(request);
  using names = new LinkNumbers([]);
  const resolved = await resolve(request, inside, names);
  const [link, record] = [resolved.links[0], resolved.records[0]];
  if (link === undefined || record === undefined) throw new RangeError('an interface is missing');
  return await plugIn(context, start, {
    record: {
      ...fieldsOf(start),
      xml,
      undo: [...start.undo, ...resolved.undo],
      links: inserted(start.links ?? [], record, context.definition),
    },
    undo: resolved.undo.filter(isOfLink),
    ...(recording === undefined ? {} : { recording }),
    onHost: [
      ...(beforeLinked === undefined ? [] : [() => beforeLinked(record)]),
      ...resolved.filters.map((filter) => () => placeFilter(filter)),
      ...resolved.reaches.map((reach) => () => placeReach(reach, owner)),
    ],
    operations: planLink(link),
    places: linkPlaces([link]),
    afterwards: [
      (plugged) => knownInside(request, plugged),
      async (plugged) => {
        for (const port of resolved.switchPorts) await addSwitchPort(port);
        await whenLinked?.(record);
        return plugged;
      },
    ],
  });
}

/** @throws as `plugOut`. */
export async function detachLink(request: DeviceRequest<LinkDevice>): Promise<StartRecord> {
  const { context, start, device, xml } = request;
  const links = start.links ?? [];
  const record = links.find((one) => isOf(one, device));
  const own = start.undo.filter((one) => isOfLink(one) && undoes(one, record)) as LinkUndo[];
  const renamed = await renamedInside(request, record);
  return await plugOut(context, start, {
    undo: own.map((one) => (one.undo === 'removeMacvlan' ? { ...one, ...renamed } : one)),
    without: {
      ...fieldsOf(start),
      xml,
      undo: start.undo.filter((one) => !own.some((other) => other === one)),
      links: links.filter((one) => one !== record),
    },
  });
}

/**
 * What can be known before anything is done for the interface, such as the start of its network. @throws TslxcError OPERATION_INVALID
 * for a container without a network of its own; RESOURCE_BUSY if the name that it asks for is taken inside.
 */
export async function checkLink(
  request: Pick<AttachRequest<LinkDevice>, 'context' | 'start' | 'device'>,
): Promise<void> {
  const inside = await roomInside(request);
  withFreeName(request.device, namesTaken(request, inside), request.context.definition);
}

/** The interfaces inside, of a container that can be given one. @throws TslxcError OPERATION_INVALID. */
async function roomInside(request: Pick<DeviceRequest, 'context'>): Promise<readonly KernelLink[]> {
  requirePrivateNetwork(request.context.definition);
  return await linksInside(request);
}

function namesTaken(
  { start }: Pick<DeviceRequest, 'start'>,
  inside: readonly KernelLink[],
): readonly string[] {
  return [...inside.map(({ name }) => name), ...(start.links ?? []).map(({ guest }) => guest)];
}

function requirePrivateNetwork(definition: DomainDefinition): void {
  if (networkMode(definition) === 'private') return;
  const what =
    networkMode(definition) === 'host' ? 'the host’s network' : 'the network of another container';
  const detail = `the container uses ${what}: a network interface can't be attached while it runs`;
  throw new TslxcError('OPERATION_INVALID', detail, { domain: definition.name });
}

async function linksInside({
  context,
}: Pick<DeviceRequest, 'context'>): Promise<readonly KernelLink[]> {
  const view = await networkViews.networkInside(context.running);
  if (view !== undefined) return view.links;
  const { paths, name } = context;
  throw initHasEnded(readRunState(paths, name), name);
}

/** Looks up this interface alone: the container is using the others. */
async function resolve(
  { context, start, device, port, after }: AttachRequest<LinkDevice>,
  inside: readonly KernelLink[],
  names: LinkNumbers,
): Promise<ResolvedLinks> {
  const named = withFreeName(device, namesTaken({ start }, inside), context.definition);
  return await lookUpLinks({
    definition: withOnly(after, named),
    ports: port === undefined ? [] : [port],
    names,
  });
}

/**
 * The device with a name inside: its own, or else the lowest `ethN` that is free. @throws TslxcError RESOURCE_BUSY if
 * its own is taken.
 */
function withFreeName(
  device: LinkDevice,
  taken: readonly string[],
  { interfaces }: DomainDefinition,
): LinkDevice {
  const asked = device.list === 'interfaces' ? device.item.guestDevice : device.item.device;
  if (asked !== undefined) {
    if (!taken.includes(asked)) return device;
    const detail = `the container has a network interface '${asked}' already`;
    throw new TslxcError('RESOURCE_BUSY', detail, { path: asked, errno: system.errno.EEXIST });
  }
  const all = [...taken, ...interfaces.flatMap(({ guestDevice }) => guestDevice ?? [])];
  let number = 0;
  while (all.includes(`eth${number}`)) number += 1;
  const item = { ...device.item, guestDevice: `eth${number}` };
  return { list: device.list, item } as LinkDevice;
}

/** In the order of records: those of `<interface>` come first. */
function inserted(
  links: readonly LinkRecord[],
  record: LinkRecord,
  { interfaces }: DomainDefinition,
): LinkRecord[] {
  return links.toSpliced(record.type === 'hostdev' ? links.length : interfaces.length, 0, record);
}

/** An interface that the host lends is known by its index, which changes if the container has an interface with that index. */
async function knownInside(
  request: AttachRequest<LinkDevice>,
  plugged: StartRecord,
): Promise<StartRecord> {
  const { device } = request;
  if (device.list !== 'hostInterfaces') return plugged;
  const { device: name } = device.item;
  const link = (await linksInside(request)).find((one) => one.name === name);
  if (link === undefined) return plugged;
  const undo = plugged.undo.map((one) =>
    one.undo === 'returnLink' && one.name === name ? { ...one, index: link.index } : one,
  );
  return { ...plugged, undo };
}

/**
 * The name and address of a macvlan that root inside has given another name and another address. It is then found as a
 * macvlan on the same lower device of the host that is no other interface of the domain. Empty if it still has its name
 * or its address, or is gone.
 */
async function renamedInside(
  request: DeviceRequest,
  record: LinkRecord | undefined,
): Promise<{ readonly guest?: string; readonly mac?: string }> {
  if (record?.type !== 'direct') return {};
  const lower = (await native().listLinks()).find(({ name }) => name === record.device);
  const macvlans = (await linksInside(request)).filter(({ kind }) => kind === 'macvlan');
  const isOne =
    ({ guest, mac }: LinkRecord) =>
    (link: KernelLink) =>
      link.name === guest || link.address === mac;
  if (lower === undefined || macvlans.some(isOne(record))) return {};
  const others = (request.start.links ?? []).filter((one) => one !== record);
  const found = macvlans.find(
    (link) => link.parent === lower.index && !others.some((other) => isOne(other)(link)),
  );
  return found === undefined ? {} : { guest: found.name, mac: found.address };
}

function isOf(record: LinkRecord, device: Device): boolean {
  if (device.list === 'interfaces') {
    return record.type !== 'hostdev' && record.mac === device.item.mac;
  }
  return (
    record.type === 'hostdev' &&
    record.host === (device as LinkDevice & { list: 'hostInterfaces' }).item.device
  );
}

function undoes(undo: LinkUndo, record: LinkRecord | undefined): boolean {
  if (record === undefined) return false;
  switch (undo.undo) {
    case 'removeLink':
      return undo.name === record.host && undo.mac === hostSideMac(record.mac);
    case 'removeFilter':
    case 'removeForwards':
    case 'removeSwitchPort':
      return undo.host === record.host && undo.mac === record.mac;
    case 'returnLink':
      return record.type === 'hostdev' && undo.name === record.host;
    case 'removeName':
    case 'removeMacvlan':
      return undo.mac === record.mac;
    case 'restoreAddress':
      return undo.given === record.mac;
  }
}
