/** An interface's port on a bridge of Open vSwitch: added by ovs-vsctl(8) as libvirt does, and deleted again. */
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition, VirtualPort, Vlan } from '../../domain/interface/definition';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { runProgram, tryProgram } from '../../host/program';
import type { ProgramCall } from '../../host/program';
import { portId } from './port-id';

/** What identifies a port: the host's side of a link, and the MAC address of the container's. */
export interface PortOfSwitch {
  readonly host: string;
  readonly mac: string;
}

export interface SwitchPort extends PortOfSwitch {
  readonly bridge: string;
  /** The domain's. */
  readonly uuid: string;
  readonly interfaceId: string;
  readonly profileId?: string;
  readonly vlan?: Vlan;
  /** The element that it comes from, for errors. */
  readonly place: SourceLocation;
}

/** What is known about a bridge that an interface is plugged into. */
export interface PluggedPort {
  readonly place: SourceLocation;
  readonly host: string;
  readonly bridge: string;
  readonly virtualPort?: VirtualPort;
  readonly vlan?: Vlan;
}

/**
 * If the interface's own definition has no id for the port, the port has the one from the network, or else one that is
 * derived from domain and interface.
 */
export function switchPort(
  { uuid }: Pick<DomainDefinition, 'uuid'>,
  definition: Pick<InterfaceDefinition, 'mac' | 'vlan'>,
  { host, bridge, virtualPort, vlan: ofNetwork, place }: PluggedPort,
): SwitchPort {
  const { mac, vlan = ofNetwork } = definition;
  const { interfaceId = portId(uuid, mac, 'interface'), profileId } = virtualPort ?? {};
  return {
    host,
    mac,
    bridge,
    uuid,
    interfaceId,
    place,
    ...(profileId === undefined ? {} : { profileId }),
    ...(vlan === undefined ? {} : { vlan }),
  };
}

/**
 * Called before anything is made: a switch that can't add a port could not look for it either, to undo that.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a bridge that Open vSwitch does not have; TslxcError OPERATION_UNSUPPORTED
 * without the program ovs-vsctl, OPERATION_FAILED with what it says when the switch does not answer.
 */
export async function checkSwitchBridge({ bridge, place }: SwitchPort): Promise<void> {
  const step = `look up the bridge '${bridge}' of Open vSwitch`;
  const { status } = await tryProgram({
    ...switchCall(['br-exists', bridge], step),
    expected: [0, 2],
  });
  if (status === 0) return;
  throw definitionError('CONFIG_UNSUPPORTED', `Open vSwitch has no bridge '${bridge}'`, place);
}

/** Adds the port, or takes over one that is there: it is left when the machine has gone down with its container. */
export async function addSwitchPort(port: SwitchPort): Promise<void> {
  const { host, mac, bridge, uuid, interfaceId, profileId } = port;
  const ids: readonly (readonly [string, string | undefined])[] = [
    ['attached-mac', mac],
    ['iface-id', interfaceId],
    ['vm-id', uuid],
    ['port-profile', profileId],
    ['iface-status', 'active'],
  ];
  const settings = ids.flatMap(([name, value]) =>
    value === undefined ? [] : [`external-ids:${name}=${quoted(value)}`],
  );
  const add = ['--', '--may-exist', 'add-port', bridge, host, ...vlanWords(port.vlan)];
  const step = `make ${host} a port of the bridge '${bridge}' of Open vSwitch`;
  await callSwitch([...add, '--', 'set', 'Interface', host, ...settings], step);
}

/**
 * Does nothing when there is no such port, or when it is another interface's. Without the program ovs-vsctl there never
 * was one.
 */
export async function removeSwitchPort({ host, mac }: PortOfSwitch): Promise<void> {
  const step = `delete the port ${host} of Open vSwitch`;
  try {
    const conditions = [`name=${quoted(host)}`, `external_ids:attached-mac=${quoted(mac)}`];
    const columns = ['--no-headings', '--columns=name'];
    const found = await callSwitch([...columns, 'find', 'Interface', ...conditions], step);
    if (found.trim() !== '') await callSwitch(['--', '--if-exists', 'del-port', host], step);
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_UNSUPPORTED')) throw error;
  }
}

/** Seconds that the switch may take to answer, as in libvirt. */
const patience = 5;

async function callSwitch(args: readonly string[], step: string): Promise<string> {
  return await runProgram(switchCall(args, step));
}

function switchCall(args: readonly string[], step: string): ProgramCall {
  return {
    program: 'ovs-vsctl',
    package: 'openvswitch-switch',
    args: [`--timeout=${patience}`, ...args],
    step,
  };
}

/** A string of ovs-vsctl's language, which is that of JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** The settings that libvirt makes: the tags of a trunk, its native tag, and whether frames of that leave tagged. */
function vlanWords(vlan: Vlan | undefined): string[] {
  if (vlan === undefined) return [];
  const { trunk, tags } = vlan;
  const own = tags.find(({ nativeMode }) => nativeMode !== undefined);
  const native = own === undefined ? [] : [`vlan_mode=native-${own.nativeMode}`, `tag=${own.id}`];
  if (trunk) return [...native, `trunks=${tags.map(({ id }) => id).join(',')}`];
  return own === undefined ? tags.map(({ id }) => `tag=${id}`) : native;
}
