/** `<source>` of an `<interface>`: what it is connected to, for each type. */
import type {
  BridgeInterface,
  DirectInterface,
  DirectMode,
  EthernetInterface,
  InterfaceAddress,
  InterfaceRoute,
  NetworkInterface,
} from './definition';
import { enumerated } from '../xml/enumerated';
import { parseAddress, parseRoute } from './addresses';
import { interfaceSourceVocabularies } from './vocabulary';
import { parseLinkName } from './link-name';
import { attributeLocation, definitionError } from '../xml/source-location';
import {
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';

/** The fields of an interface that come from its `<source>`. */
export type InterfaceSource =
  | Pick<BridgeInterface, 'type' | 'bridge'>
  | Pick<NetworkInterface, 'type' | 'network' | 'portgroup'>
  | Pick<DirectInterface, 'type' | 'device' | 'mode'>
  | Pick<EthernetInterface, 'type' | 'hostAddresses' | 'hostRoutes'>;

export type CarriedInterfaceType = InterfaceSource['type'];

const modes: readonly DirectMode[] = ['vepa', 'private', 'bridge', 'passthrough'];

/**
 * `parent` is the `<interface>`, and `at` its `<source>`.
 *
 * @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED, with libvirt's message if it has one.
 */
export function parseInterfaceSource(
  type: CarriedInterfaceType,
  { parent, at }: { readonly parent: LocatedElement; readonly at: LocatedElement | undefined },
  session: ReadingSession,
): InterfaceSource {
  if (at === undefined) {
    if (type === 'ethernet') return { type, hostAddresses: [], hostRoutes: [] };
    throw definitionError(
      'XML_ERROR',
      `interface type='${type}' requires a 'source' element`,
      parent,
    );
  }
  const reading = readElement(at, interfaceSourceVocabularies[type], session);
  if (type === 'ethernet') return { type, ...hostSide(reading, session) };
  const [misplaced] = [...childrenOf(reading, 'ip'), ...childrenOf(reading, 'route')];
  if (misplaced !== undefined) {
    const detail =
      'Invalid attempt to set network interface host-side IP route and/or address info on ' +
      `interface of type '${type}'. This is only supported on interfaces of type 'ethernet'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, misplaced);
  }
  switch (type) {
    case 'bridge':
      return { type, bridge: required(reading, 'bridge') };
    case 'network': {
      const network = required(reading, 'network');
      const portgroup = reading.attributes.get('portgroup') ?? '';
      return { type, network, ...(portgroup === '' ? {} : { portgroup }) };
    }
    case 'direct': {
      const device = required(reading, 'dev');
      return { type, device, mode: enumerated(reading, 'mode', modes) ?? 'vepa' };
    }
  }
}

function hostSide(
  reading: Reading,
  session: ReadingSession,
): {
  hostAddresses: InterfaceAddress[];
  hostRoutes: InterfaceRoute[];
} {
  return {
    hostAddresses: childrenOf(reading, 'ip').map((at) => parseAddress(at, session)),
    hostRoutes: childrenOf(reading, 'route').map((at) =>
      parseRoute(at, 'interface host IP', session),
    ),
  };
}

/** Of the link that the source names, if it names one. @throws DefinitionError XML_ERROR if the kernel would refuse the name. */
export function checkSourceLink(source: InterfaceSource, at: LocatedElement | undefined): void {
  if (at === undefined) return;
  if (source.type === 'bridge') parseLinkName(source.bridge, attributeLocation(at, 'bridge'));
  if (source.type === 'direct') parseLinkName(source.device, attributeLocation(at, 'dev'));
}

function required({ attributes, at }: Reading, name: string): string {
  const value = attributes.get(name) ?? '';
  if (value !== '') return value;
  throw definitionError(
    'XML_ERROR',
    `Missing required attribute '${name}' in element 'source'`,
    at,
  );
}
