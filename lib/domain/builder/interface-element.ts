/** Writes an interface of a spec as `<interface>`. Pure. */
import { present } from '../../present';
import { node, type Attributes, type PrintableElement } from '../xml/print';
import type { Rate } from '../interface/definition';
import { formatPortForward } from '../interface/port/port-forward';
import type { InterfaceSpec, PortForwardSpec, RouteSpec } from './spec';

export function interfaceElement(spec: InterfaceSpec): PrintableElement {
  const { type, mac, guest, target, mtu, link, addresses = [], routes = [] } = spec;
  const { bandwidth = {}, isolated, filter } = spec;
  const rates = [...rate('inbound', bandwidth.inbound), ...rate('outbound', bandwidth.outbound)];
  return node('interface', { type }, [
    ...one('mac', { address: mac }),
    ...sourceElements(spec),
    ...(rates.length === 0 ? [] : [node('bandwidth', {}, rates)]),
    ...one('port', { isolated: isolated === undefined ? undefined : isolated ? 'yes' : 'no' }),
    ...addresses.map(addressElement),
    ...routes.map(routeElement),
    ...one('target', { dev: target }),
    ...one('guest', { dev: guest }),
    ...one('filterref', { filter }),
    ...one('link', { state: link }),
    ...one('mtu', { size: mtu === undefined ? undefined : String(mtu) }),
    ...(spec.type === 'network' ? (spec.portForwards ?? []) : []).map(portForwardElement),
  ]);
}

/** The element, unless all of its attributes are undefined. */
function one(name: string, attributes: Attributes): PrintableElement[] {
  return Object.values(attributes).every((value) => value === undefined)
    ? []
    : [node(name, attributes)];
}

function sourceElements(spec: InterfaceSpec): PrintableElement[] {
  switch (spec.type) {
    case 'network':
      return [node('source', { network: spec.network, portgroup: spec.portgroup })];
    case 'bridge':
      return [node('source', { bridge: spec.bridge })];
    case 'direct':
      return [node('source', { dev: spec.device, mode: spec.mode })];
    case 'ethernet':
      return [];
  }
}

function portForwardElement({
  protocol = 'tcp',
  ranges = [],
  ...rest
}: PortForwardSpec): PrintableElement {
  return formatPortForward({
    protocol,
    ranges: ranges.map((one) => present(one)),
    ...present(rest),
  });
}

function addressElement(written: string): PrintableElement {
  return node('ip', ends(written));
}

function routeElement({ to, via, metric }: RouteSpec): PrintableElement {
  const { address, family, prefix } = ends(to);
  const number = metric === undefined ? undefined : String(metric);
  return node('route', { family, address, prefix, gateway: via, metric: number });
}

/** Splits `192.168.122.5/24`. Text that is not an address is refused later, by the parser. */
function ends(written: string): Readonly<Record<'address' | 'family', string>> & Attributes {
  const [address = '', prefix] = written.split('/');
  return { address, family: address.includes(':') ? 'ipv6' : 'ipv4', prefix };
}

function rate(name: string, { average, peak, burst, floor }: Rate = {}): PrintableElement[] {
  const text = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  return one(name, {
    ...{ average: text(average), peak: text(peak) },
    ...{ floor: text(floor), burst: text(burst) },
  });
}
