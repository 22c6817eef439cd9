/**
 * `<portForward>` of an interface in a virtual network: ports of the host that are forwarded to its container. libvirt has the
 * element only for interfaces of type user; it means the same here.
 */
import { enumerated } from '../../xml/enumerated';
import { keepRest } from '../../xml/raw';
import { node, type PrintableElement } from '../../xml/print';
import {
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../../xml/reading';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { refused, vocabulary } from '../../xml/vocabulary';
import { wholeNumber } from '../../xml/whole-number';
import type { PortForward, PortRange } from '../definition';
import { parseIp } from '../ip-address';
import { parseLinkName } from '../link-name';

export const portForwardVocabulary = vocabulary({
  attributes: { proto: 'supported', address: 'supported', dev: 'supported' },
  children: { range: 'many' },
});

export const portRangeVocabulary = vocabulary({
  attributes: { start: 'supported', end: 'supported', to: 'supported', exclude: 'supported' },
});

/** `<portForward>` of an interface that is not in a virtual network. */
export const forwardWithoutNetwork = refused(
  'no port would be forwarded: they are forwarded into virtual networks, and by libvirt for type user',
);

export const lastPort = 65535;

/** @throws DefinitionError XML_ERROR, with libvirt's message where it has one. */
export function parsePortForward(at: LocatedElement, session: ReadingSession): PortForward {
  const reading = readElement(at, portForwardVocabulary, session);
  keepRest(reading, session);
  const protocol = enumerated(reading, 'proto', ['tcp', 'udp']);
  if (protocol === undefined) throw missing(at, 'proto');
  const address = addressOf(reading);
  const dev = reading.attributes.get('dev');
  return {
    protocol,
    ...(address === undefined ? {} : { address }),
    ...(dev === undefined ? {} : { device: parseLinkName(dev, attributeLocation(at, 'dev')) }),
    ranges: childrenOf(reading, 'range').map((one) => parseRange(one, session)),
    position: at.position,
  };
}

function missing(at: LocatedElement, attribute: string): Error {
  const detail = `Missing required attribute '${attribute}' in element '${at.element.name}'`;
  return definitionError('XML_ERROR', detail, at);
}

function addressOf({ at, attributes }: Reading): string | undefined {
  const text = attributes.get('address');
  if (text === undefined) return undefined;
  const ip = parseIp(text);
  if (ip !== undefined) return ip.address;
  const detail = `Invalid address '${text}' in <portForward>`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'address'));
}

function parseRange(at: LocatedElement, session: ReadingSession): PortRange {
  const reading = readElement(at, portRangeVocabulary, session);
  keepRest(reading, session);
  const [start, end, to] = ['start', 'end', 'to'].map((name) => portOf(reading, name));
  if (start === undefined) throw missing(at, 'start');
  const exclude = enumerated(reading, 'exclude', ['yes', 'no']);
  const last = end ?? start;
  const refuse = (detail: string, name: string): never => {
    throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
  };
  if (last < start) refuse(`the range of ports ends at ${last}, before its start ${start}`, 'end');
  if (to !== undefined && exclude === 'yes') refuse("an excluded range has no 'to'", 'to');
  if (to !== undefined && to + last - start > lastPort) {
    refuse(`the ports ${start}-${last} would be forwarded to ports above ${lastPort}`, 'to');
  }
  return {
    start,
    ...(end === undefined ? {} : { end }),
    ...(to === undefined ? {} : { to }),
    ...(exclude === undefined ? {} : { exclude: exclude === 'yes' }),
  };
}

function portOf(reading: Reading, name: string): number | undefined {
  const port = wholeNumber(reading, name, lastPort);
  if (port !== 0) return port;
  throw definitionError('XML_ERROR', '0 is not a port', attributeLocation(reading.at, name));
}

export function formatPortForward(forward: Omit<PortForward, 'position'>): PrintableElement {
  const { protocol, address, device, ranges } = forward;
  const text = (port: number | undefined): string | undefined =>
    port === undefined ? undefined : String(port);
  const children = ranges.map(({ start, end, to, exclude }) =>
    node('range', {
      ...{ start: text(start), end: text(end), to: text(to) },
      exclude: exclude === undefined ? undefined : exclude ? 'yes' : 'no',
    }),
  );
  return node('portForward', { proto: protocol, address, dev: device }, children);
}

/** Ports of the host from `start` to `end`, which are forwarded to the container's ports from `to` on. */
export interface ForwardedPorts {
  readonly start: number;
  readonly end: number;
  readonly to: number;
}

/** The ports that are forwarded: all if there is no range, except those that are excluded. */
export function forwardedPorts({ ranges }: Pick<PortForward, 'ranges'>): ForwardedPorts[] {
  const included = ranges.filter(({ exclude }) => exclude !== true);
  const all = included.length === 0 ? [{ start: 1, end: lastPort }] : included;
  const excluded = ranges.filter(({ exclude }) => exclude === true);
  return all.flatMap(({ start, end = start, to = start }: PortRange) =>
    excluded.reduce<ForwardedPorts[]>(
      (rest, one) => rest.flatMap((ports) => without(ports, one)),
      [{ start, end, to }],
    ),
  );
}

function without({ start, end, to }: ForwardedPorts, gap: PortRange): ForwardedPorts[] {
  const last = gap.end ?? gap.start;
  if (last < start || gap.start > end) return [{ start, end, to }];
  return [
    ...(gap.start > start ? [{ start, end: gap.start - 1, to }] : []),
    ...(last < end ? [{ start: last + 1, end, to: to + last + 1 - start }] : []),
  ];
}

/** Whether it stands for each address of its family, as for bind(2). */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Whether a packet can be for both of these addresses of the host; one that is left out is each. */
export function isSharedAddress(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return (isAnyAddress(one) || isAnyAddress(other)) && one.includes(':') === other.includes(':');
}

/** A port of the host that both would forward; undefined if there is none. */
export function sharedPort(one: PortForward, other: PortForward): number | undefined {
  if (one.protocol !== other.protocol || !isSharedAddress(one.address, other.address))
    return undefined;
  const isOtherDevice =
    one.device !== undefined && other.device !== undefined && one.device !== other.device;
  if (isOtherDevice) return undefined;
  for (const { start, end } of forwardedPorts(one)) {
    const found = forwardedPorts(other).find((ports) => ports.start <= end && start <= ports.end);
    if (found !== undefined) return Math.max(start, found.start);
  }
  return undefined;
}
