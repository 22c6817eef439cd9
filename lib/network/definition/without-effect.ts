/** Parts of a network that libvirt defines in every forward mode, and that are not carried out in this one. */
import type { SourceLocation } from '../../domain/xml/source-location';
import { childOf, type Reading } from '../../domain/xml/reading';
import type { UnsupportedElement } from '../../domain/xml/unsupported';
import type { NotCarriedOut } from '../../domain/xml/vocabulary';
import { hasOwnBridge, type NetworkDefinition } from './definition';
import { devicePort, deviceVlan, noNameServer, passedVlan } from './vocabulary';

/** In document order of each kind. */
export function withoutEffect(
  definition: NetworkDefinition,
  network: Reading,
): UnsupportedElement[] {
  if (hasOwnBridge(definition)) return [];
  const { dns, dnsmasqOptions } = definition;
  const ofNameServer = [
    ...(dns.forwarders.length > 0 ? ['dns'] : []),
    ...(dnsmasqOptions.length > 0 ? ['dnsmasq:options'] : []),
  ].flatMap((word) => childOf(network, word) ?? []);
  return [
    ...ofNameServer.map((at) => unsupportedAt(at, noNameServer)),
    ...(isOnDevices(definition) ? onDevices(definition, network) : []),
  ];
}

/** Whether its interfaces are made on devices of the host, and not ports of a bridge. */
function isOnDevices({ forward, bridge }: NetworkDefinition): boolean {
  return forward.mode !== 'bridge' || bridge.name === undefined;
}

function onDevices(definition: NetworkDefinition, network: Reading): UnsupportedElement[] {
  const { mode } = definition.forward;
  const portAt = definition.isolated === true ? childOf(network, 'port') : undefined;
  // In the other modes a tag can't be defined, or is refused with all of the mode.
  const standing = mode === 'passthrough' ? passedVlan : mode === 'bridge' ? deviceVlan : undefined;
  return [
    ...(portAt === undefined ? [] : [unsupportedAt(portAt, devicePort)]),
    ...(standing === undefined ? [] : vlansOf(definition).map((at) => unsupportedAt(at, standing))),
  ];
}

function vlansOf({ vlan, portgroups }: NetworkDefinition): SourceLocation[] {
  const all = [
    { path: 'network/vlan', vlan },
    ...portgroups.map((group) => ({ path: 'network/portgroup/vlan', vlan: group.vlan })),
  ];
  return all.flatMap(({ path, vlan: one }) =>
    one === undefined ? [] : [{ path, position: one.position }],
  );
}

function unsupportedAt(
  { path, position }: SourceLocation,
  standing: NotCarriedOut,
): UnsupportedElement {
  return { path, position, ...standing };
}
