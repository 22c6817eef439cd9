/** Writes an interface of a spec as `<interface>`. Pure. */
import { present } from '../../present';
import { node, type Attributes, type PrintableElement } from '../xml/print';
import type { Rate } from '../interface/definition';
import { formatPortForward } from '../interface/port/port-forward';
import { from, keysBelow, type KeyPath } from './origin';
import type { InterfaceSpec, PortForwardSpec, RouteSpec } from './spec';

export function interfaceElement(spec: InterfaceSpec, index: number): PrintableElement {
  const { type, mac, guest, target, mtu, link, addresses = [], routes = [] } = spec;
  const { bandwidth = {}, isolated, filter } = spec;
  const at = ['interfaces', index];
  const own = (key: string, name: string, attributes: Attributes): PrintableElement[] =>
    one(name, attributes, [...at, key]);
  const rates = (['inbound', 'outbound'] as const).flatMap((way) =>
    rate(way, bandwidth[way], [...at, 'bandwidth', way]),
  );
  const element = node('interface', { type }, [
    ...own('mac', 'mac', { address: mac }),
    ...sourceElements(spec, at),
    ...(rates.length === 0 ? [] : [from([...at, 'bandwidth'], node('bandwidth', {}, rates))]),
    ...own('isolated', 'port', {
      isolated: isolated === undefined ? undefined : isolated ? 'yes' : 'no',
    }),
    ...addresses.map((address, of) => from([...at, 'addresses', of], addressElement(address))),
    ...routes.map((route, of) => routeElement(route, [...at, 'routes', of])),
    ...own('target', 'target', { dev: target }),
    ...own('guest', 'guest', { dev: guest }),
    ...own('filter', 'filterref', { filter }),
    ...own('link', 'link', { state: link }),
    ...own('mtu', 'mtu', { size: mtu === undefined ? undefined : String(mtu) }),
    ...(spec.type === 'network' ? (spec.portForwards ?? []) : []).map((forward, of) =>
      portForwardElement(forward, [...at, 'portForwards', of]),
    ),
  ]);
  return from(at, element, keysBelow(at, 'type'));
}

/** The element, unless all of its attributes are undefined. */
function one(name: string, attributes: Attributes, at: KeyPath): PrintableElement[] {
  return Object.values(attributes).every((value) => value === undefined)
    ? []
    : [from(at, node(name, attributes))];
}

function sourceElements(spec: InterfaceSpec, at: KeyPath): PrintableElement[] {
  switch (spec.type) {
    case 'network': {
      const { network, portgroup } = spec;
      const element = node('source', { network, portgroup });
      return [from([...at, 'network'], element, keysBelow(at, 'network', 'portgroup'))];
    }
    case 'bridge':
      return [from([...at, 'bridge'], node('source', { bridge: spec.bridge }))];
    case 'direct': {
      const element = node('source', { dev: spec.device, mode: spec.mode });
      return [from([...at, 'device'], element, keysBelow(at, 'mode'))];
    }
    case 'ethernet':
      return [];
  }
}

function portForwardElement(
  { protocol = 'tcp', ranges = [], ...rest }: PortForwardSpec,
  at: KeyPath,
): PrintableElement {
  const element = formatPortForward({
    protocol,
    ranges: ranges.map((one) => present(one)),
    ...present(rest),
  });
  const keys = { proto: [...at, 'protocol'], dev: [...at, 'device'], ...keysBelow(at, 'address') };
  const children = element.children.map((range, index) => {
    if (typeof range === 'string') return range;
    const inner = [...at, 'ranges', index];
    return from(inner, range, keysBelow(inner, 'start', 'end', 'to', 'exclude'));
  });
  return from(at, { ...element, children }, keys);
}

function addressElement(written: string): PrintableElement {
  return node('ip', ends(written));
}

function routeElement({ to, via, metric }: RouteSpec, at: KeyPath): PrintableElement {
  const { address, family, prefix } = ends(to);
  const number = metric === undefined ? undefined : String(metric);
  const element = node('route', { family, address, prefix, gateway: via, metric: number });
  const [toKey, viaKey] = [
    [...at, 'to'],
    [...at, 'via'],
  ];
  return from(at, element, {
    ...{ address: toKey, family: toKey, prefix: toKey, gateway: viaKey },
    ...keysBelow(at, 'metric'),
  });
}

/** Splits `192.168.122.5/24`. Text that is not an address is refused later, by the parser. */
function ends(written: string): Readonly<Record<'address' | 'family', string>> & Attributes {
  const [address = '', prefix] = written.split('/');
  return { address, family: address.includes(':') ? 'ipv6' : 'ipv4', prefix };
}

function rate(name: string, rates: Rate | undefined, at: KeyPath): PrintableElement[] {
  const { average, peak, burst, floor } = rates ?? {};
  const text = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  const element = node(name, {
    ...{ average: text(average), peak: text(peak) },
    ...{ floor: text(floor), burst: text(burst) },
  });
  if (element.attributes.length === 0) return [];
  return [from(at, element, keysBelow(at, 'average', 'peak', 'floor', 'burst'))];
}
