/** Formats network interfaces in libvirt's order, as inactive or as live XML. */
import { formatBandwidth } from './bandwidth';
import { formatFilter } from './port/filter';
import { formatPortForward } from './port/port-forward';
import type { HostInterfaceDefinition, LiveInterface } from '../definition';
import type { InterfaceAddress, InterfaceDefinition, InterfaceRoute } from './definition';
import { formatAddress, formatRoute } from './addresses';
import { node, type PrintableElement } from '../xml/print';
import { withKept } from '../xml/kept';
import { hostInterfaceVocabulary, interfaceVocabulary } from './vocabulary';
import { formatVirtualPort } from './port/virtual-port';
import { formatVlan } from './port/vlan';

/** `<interface>`. */
export function formatInterface(
  item: InterfaceDefinition,
  live: LiveInterface | undefined,
): PrintableElement {
  const { type, mac, vlan, bandwidth, isolated, model, linkState, mtu } = item;
  const target = live?.target ?? item.targetDevice;
  const guest = live?.guest ?? item.guestDevice;
  const port = isolated === undefined ? undefined : { isolated: isolated ? 'yes' : 'no' };
  const element = node('interface', { type }, [
    node('mac', { address: mac }),
    ...formatSource(item, live),
    ...(vlan === undefined ? [] : [formatVlan(vlan)]),
    ...(item.virtualPort === undefined ? [] : [formatVirtualPort(item.virtualPort)]),
    ...(bandwidth === undefined ? [] : [formatBandwidth(bandwidth)]),
    ...(port === undefined ? [] : [node('port', port)]),
    ...formatAddresses(item.addresses, item.routes),
    ...optional('target', 'dev', target),
    ...optional('guest', 'dev', guest),
    ...optional('model', 'type', model),
    ...(item.filter === undefined ? [] : [formatFilter(item.filter)]),
    ...optional('link', 'state', linkState),
    ...optional('mtu', 'size', mtu === undefined ? undefined : String(mtu)),
    ...(item.portForwards ?? []).map(formatPortForward),
  ]);
  const place = { path: 'domain/devices/interface', vocabulary: interfaceVocabulary };
  return withKept(element, item.kept, place);
}

/** `<hostdev>` of a network interface. */
export function formatHostInterface(item: HostInterfaceDefinition): PrintableElement {
  const element = node('hostdev', { mode: 'capabilities', type: 'net' }, [
    node('source', {}, [node('interface', {}, [item.device])]),
    ...formatAddresses(item.addresses, item.routes),
  ]);
  const place = { path: 'domain/devices/hostdev', vocabulary: hostInterfaceVocabulary };
  return withKept(element, item.kept, place);
}

function formatSource(
  item: InterfaceDefinition,
  live: LiveInterface | undefined,
): PrintableElement[] {
  switch (item.type) {
    case 'bridge':
      return [node('source', { bridge: item.bridge })];
    case 'network': {
      const { network, portgroup } = item;
      return [node('source', { network, portgroup, portid: live?.portId, bridge: live?.bridge })];
    }
    case 'direct':
      return [node('source', { dev: item.device, mode: item.mode })];
    case 'ethernet': {
      const children = formatAddresses(item.hostAddresses, item.hostRoutes);
      return children.length === 0 ? [] : [node('source', {}, children)];
    }
  }
}

function formatAddresses(
  addresses: readonly InterfaceAddress[],
  routes: readonly InterfaceRoute[],
): PrintableElement[] {
  return [...addresses.map(formatAddress), ...routes.map(formatRoute)];
}

function optional(name: string, attribute: string, value: string | undefined): PrintableElement[] {
  return value === undefined ? [] : [node(name, { [attribute]: value })];
}
