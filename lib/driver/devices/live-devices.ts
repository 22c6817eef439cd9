/** Devices of a running container, attached and detached while it runs. Under the domain's lock. */
import { hasPrivateNetwork } from '../../domain/namespaces/shared-namespaces';
import { deviceName, withOnly, type Device, type ParsedOne } from '../../domain/devices/device';
import { withDevice, withoutDevice } from '../../domain/devices/device-changes';
import type { DomainDefinition } from '../../domain/definition';
import { withPrivateNetwork } from '../../domain/elements/other-elements';
import { formatDomain } from '../../domain/format';
import { checkStartable } from '../../domain/validate';
import type { DeviceOf } from '../../container/devices/device-request';
import { TslxcError } from '../../errors';
import type { LinkRecord } from '../../container/record/run-state';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { Port } from '../../plan/network/links';
import { requireRunning, runningDefinition } from '../definitions/definitions';
import { portsToAnnounce } from '../hooks/port-hooks';
import { hiddenPortWarnings } from '../interfaces/hidden-ports';
import { namingAddressHolder, ownAddresses } from '../interfaces/own-addresses';
import { portsOf } from '../interfaces/ports';
import {
  checkFloor,
  checkFloors,
  giveUpFloors,
  settleFloors,
  sharedNetworks,
} from '../interfaces/shaping';
import { StartedNetworks } from '../networks/start';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';
import type { DomainEvent, Warning } from '../types';
import { withVolumes } from '../storage/sources';
import { keepVolumesOf } from '../storage/volume-lock';
import { requireSettled, runningDevices } from './running-devices';

export interface LiveChange {
  readonly identity: Identity;
  readonly state: SettledState;
  readonly parsed: ParsedOne;
}

/**
 * Resolves to the warnings of ports, as those of a start.
 *
 * @throws TslxcError OPERATION_INVALID when nothing runs; DefinitionError for a device that this version or this host can't carry
 * out; and as `withVolumes`, `hiddenPortWarnings` and `DeviceControl.attach`.
 */
export async function attachLive(
  session: Session,
  { identity, state, parsed }: LiveChange,
): Promise<readonly Warning[]> {
  requireRunning(state, 'changeDevice', identity);
  requireSettled(state);
  const before = runningDefinition(session, state);
  const asked = withOnly(before, parsed.device);
  using _volumes = await keepVolumesOf(session.paths, asked);
  const only = await withVolumes(session, asked, 'start');
  const device = found(session, only, parsed.device);
  const definition = withDevice(before, device);
  checkStartable(definition);
  const xml = formatDomain(definition);
  const hidden = await hiddenPortWarnings(session, withOnly(definition, device));
  if (device.list === 'interfaces') {
    await attachInterface(session, state, { definition, device, xml });
  } else {
    await session.containers.devices.attach(runningDevices(session, state), { device, xml });
  }
  await tell(session, 'device-added', { identity, device });
  return hidden;
}

interface AttachedInterface {
  /** The running definition afterwards. */
  readonly definition: DomainDefinition;
  readonly device: DeviceOf<'interfaces'>;
  readonly xml: string;
}

/** Attaches it with its rates and its share of its network's rate, if the hooks of its network agree. */
async function attachInterface(
  session: Session,
  state: SettledState & { phase: 'running' },
  { definition, device, xml }: AttachedInterface,
): Promise<void> {
  const only = withOnly(definition, device);
  // What is refused for the container's own sake starts no network.
  await session.containers.devices.checkLink(runningDevices(session, state), device);
  const started = new StartedNetworks(session, definition.name);
  try {
    const ports = await portsOf(session, only, { intent: 'start', started });
    await plugIn(session, state, { device, xml, only, ports });
  } catch (error) {
    await started.takeBack();
    throw error;
  }
}

interface Plugged extends Pick<AttachedInterface, 'device' | 'xml'> {
  /** The definition with that interface alone. */
  readonly only: DomainDefinition;
  readonly ports: readonly Port[];
}

async function plugIn(
  session: Session,
  state: SettledState & { phase: 'running' },
  { device, xml, only, ports }: Plugged,
): Promise<void> {
  await checkFloors(session, { definition: only, ports });
  const [port] = ports;
  const announcement = portsToAnnounce(session, { definition: only, ports });
  const devices = { ...runningDevices(session, state), onOut: announcement.deleted };
  const beforeLinked = async (link: LinkRecord): Promise<void> => {
    await announcement.created();
    // While the scripts ran, other containers may have been promised a share of the network's rate.
    const floor = link.bandwidth?.inbound?.floor;
    if (floor !== undefined) await checkFloor(session, link, floor);
  };
  const whenLinked = (link: LinkRecord): Promise<void> => shape(session, link);
  // Its own container counts as well: the definition is that of the interface alone.
  const wanted = { definition: { ...only, name: '' }, ports };
  const plugged = port === undefined ? {} : { port };
  try {
    const recording = ownAddresses(session, wanted);
    const attached = { device, xml, recording, beforeLinked, whenLinked, ...plugged };
    await session.containers.devices.attach(devices, attached);
  } catch (error) {
    await giveUpFloors(
      session,
      ports.flatMap((one) => networkOf(one) ?? []),
    );
    throw await namingAddressHolder(session, wanted, error);
  }
}

/** @throws TslxcError OPERATION_INVALID when nothing runs; as `findDevice`, and as `DeviceControl.detach`. */
export async function detachLive(
  session: Session,
  { identity, state, parsed }: LiveChange,
): Promise<void> {
  requireRunning(state, 'changeDevice', identity);
  requireSettled(state);
  const before = runningDefinition(session, state);
  const { device, definition } = withoutDevice(before, parsed);
  const links = state.start.links ?? [];
  await session.containers.devices.detach(runningDevices(session, state), {
    device,
    xml: formatDomain(keepingNetwork(before, definition)),
  });
  if (device.list === 'interfaces') {
    const gone = links.filter(({ mac }) => mac === device.item.mac);
    await giveUpFloors(session, sharedNetworks(gone));
  }
  await tell(session, 'device-removed', { identity, device });
}

/** The device of `only`, a definition that has no other of its kind; a USB device with its place on the host. */
function found({ containers }: Session, only: DomainDefinition, { list, item }: Device): Device {
  const device = { list, item: containers.withUsbPlaces(only)[list][0] ?? item } as Device;
  if (device.list !== 'hostDevices' || device.item.source !== '') return device;
  // Even if a start would do without it, as in libvirt.
  throw new TslxcError('OPERATION_FAILED', `Did not find USB device ${deviceName(device)}`);
}

/** Without its last interface, the definition would say that it shares the host's network, which the container does not. */
function keepingNetwork(before: DomainDefinition, after: DomainDefinition): DomainDefinition {
  if (!hasPrivateNetwork(before) || hasPrivateNetwork(after)) return after;
  return withPrivateNetwork(after);
}

/** Sets its rates, and its share of its network's rate. */
async function shape(session: Session, link: LinkRecord): Promise<void> {
  const { host, bandwidth } = link;
  if (host !== undefined && bandwidth !== undefined) {
    await session.containers.shapeLink(host, bandwidth);
  }
  await settleFloors(session, sharedNetworks([link]));
}

function networkOf(
  port: { readonly network?: string } | { readonly kind: 'free' },
): string | undefined {
  return 'network' in port ? port.network : undefined;
}

async function tell(
  session: Session,
  event: Extract<DomainEvent['event'], 'device-added' | 'device-removed'>,
  { identity, device }: { readonly identity: Identity; readonly device: Device },
): Promise<void> {
  const { name: domain, uuid } = identity;
  const detail = kinds[device.list];
  await session.announce({ event, detail, domain, uuid, device: deviceName(device) });
}

const kinds = {
  disks: 'disk',
  filesystems: 'filesystem',
  interfaces: 'interface',
  hostDevices: 'hostdev',
  hostInterfaces: 'hostdev',
} as const;
