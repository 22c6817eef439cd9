/** The ports of virtual networks for the interfaces of containers: of those that exist, and of those that are about to be made. */
import { createHash } from 'node:crypto';
import type { LinkRecord, StartRecord } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { hasOwnBridge } from '../../network/definition/definition';
import type { NetworkDefinition } from '../../network/definition/definition';
import type { Plug, PortDefinition } from '../../network/definition/port';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { networkStateIfAny, readNetworkState } from '../../network/lifecycle/state';
import type { Port } from '../../plan/network/links';
import { present } from '../../present';
import type { Session } from '../session/session';
import { isActive } from './settling';

/** The ports of a container in this network, as it was started. */
export function portsOfContainer(
  session: Session,
  { name, uuid, links = [], xml }: StartRecord,
  network: NetworkDefinition,
): PortDefinition[] {
  if (!links.some((link) => link.network === network.name)) return [];
  const { interfaces } = session.parse(xml).definition;
  return links.flatMap((link, index): PortDefinition[] => {
    if (link.network !== network.name) return [];
    const plugged = { owner: { name, uuid }, mac: link.mac, plug: linkPlug(link, network) };
    return [portOfInterface(network, plugged, interfaces[index])];
  });
}

/** The port that an interface of a container has, or is about to have. */
function portOfInterface(
  network: NetworkDefinition,
  plugged: Required<Pick<PortDefinition, 'owner' | 'mac' | 'plug'>>,
  defined: InterfaceDefinition | undefined,
): PortDefinition {
  const group = defined?.type === 'network' ? defined.portgroup : undefined;
  const { bandwidth, vlan, isolated } = defined ?? {};
  const { owner, mac } = plugged;
  return {
    uuid: portUuid(network.uuid, owner.uuid, mac),
    ...plugged,
    ...present({ group, bandwidth, vlan, isolated }),
  };
}

/** A port of a container, and the running network that it is in. */
export interface PluggedPort {
  readonly network: NetworkDefinition;
  readonly port: PortDefinition;
}

/** The ports of a container that is about to be started. `ports`: what its interfaces are to be plugged into. */
export function portsToBe(
  session: Session,
  { name, uuid, interfaces }: Pick<DomainDefinition, 'name' | 'uuid' | 'interfaces'>,
  ports: readonly Port[],
): PluggedPort[] {
  return interfaces.flatMap((defined, index): PluggedPort[] => {
    const port = ports[index];
    if (defined.type !== 'network' || port === undefined) return [];
    const network = activeNetworkOf(session, defined.network);
    if (network === undefined) return [];
    const plugged = { owner: { name, uuid }, mac: defined.mac, plug: plugOf(port, network) };
    return [{ network, port: portOfInterface(network, plugged, defined) }];
  });
}

/** The ports that a container has had, in the networks that still run. */
export function portsOfStart(session: Session, start: StartRecord): PluggedPort[] {
  const names = new Set((start.links ?? []).flatMap(({ network }) => network ?? []));
  return [...names].flatMap((name): PluggedPort[] => {
    const network = activeNetworkOf(session, name);
    if (network === undefined) return [];
    return portsOfContainer(session, start, network).map((port) => ({ network, port }));
  });
}

/** The uuids of the ports that a container has in the networks that run, by its links: those of `portsOfContainer`. */
export function portUuids(
  { paths }: Session,
  { uuid, links = [] }: StartRecord,
): ReadonlyMap<LinkRecord, string> {
  const uuids = new Map<LinkRecord, string>();
  for (const link of links) {
    if (link.network === undefined) continue;
    const state = networkStateIfAny(paths, link.network);
    if (state !== undefined && isActive(state))
      uuids.set(link, portUuid(state.record.uuid, uuid, link.mac));
  }
  return uuids;
}

/** The running definition; undefined when the network does not run. */
export function activeNetworkOf({ paths }: Session, name: string): NetworkDefinition | undefined {
  const state = readNetworkState(paths, name);
  return isActive(state) ? runningDefinition(state.record) : undefined;
}

function linkPlug(
  { bridge = '', device }: { readonly bridge?: string; readonly device?: string },
  network: NetworkDefinition,
): Plug {
  if (device !== undefined) return { type: 'direct', device, mode: network.forward.mode };
  return { type: bridgeType(network), bridge };
}

/** What a port of the plan is plugged into. */
export function plugOf(port: Port, network: NetworkDefinition): Plug {
  if (port.kind === 'direct') return { type: 'direct', device: port.device, mode: port.mode };
  const bridge = port.kind === 'bridge' ? port.bridge : '';
  return { type: bridgeType(network), bridge };
}

/** In libvirt's words: `network` for a bridge that the network has made, `bridge` for one of the host's. */
function bridgeType(network: NetworkDefinition): 'network' | 'bridge' {
  return hasOwnBridge(network) ? 'network' : 'bridge';
}

/** The same for the same interface in the same network, in every process: a UUID of version 5 (RFC 9562). */
function portUuid(network: string, domain: string, mac: string): string {
  const bytes = createHash('sha1').update(`${network} ${domain} ${mac}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
