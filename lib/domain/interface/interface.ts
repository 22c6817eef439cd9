/**
 * `<interface>`: a network interface of the container. Types bridge, network, direct and ethernet are supported; an
 * element with anything unsupported is kept as a whole.
 */
import { parseBandwidth } from './bandwidth';
import type { InterfaceDefinition } from '../definition';
import type { UnsupportedElement } from '../xml/unsupported';
import type { ParsedDevice } from '../xml/unsupported';
import { enumerated } from '../xml/enumerated';
import { parseAddress, parseRoute } from './addresses';
import { parseInterfaceSource, type CarriedInterfaceType } from './source';
import {
  guestVocabulary,
  interfaceTargetVocabulary,
  interfaceVocabulary,
  linkVocabulary,
  macVocabulary,
  modelVocabulary,
  mtuVocabulary,
  portVocabulary,
} from './vocabulary';
import { parseLinkName } from './link-name';
import { parseMac, parseUnicastMac } from './mac-address';
import { attributeLocation, definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import { parseVlan } from './vlan';
import type { Vocabulary } from '../xml/vocabulary';
import { parseWholeNumber } from '../xml/whole-number';

const supportedTypes: readonly CarriedInterfaceType[] = ['bridge', 'network', 'direct', 'ethernet'];
const types: readonly string[] = [
  ...supportedTypes,
  ...'user vhostuser server client mcast internal hostdev udp vdpa null vds'.split(' '),
];

/** Names that libvirt and this driver choose. They come from copied live XML, and are not a request of the user. */
const chosenName = /^(vnet|macvtap|macvlan)\d+$/;

/** Limits of veth(4) in the kernel: ETH_MIN_MTU and ETH_MAX_MTU. */
const mtuRange = { min: 68, max: 65535 };

/** The message of `start` for a type for which libvirt has its own. */
const unsupportedMessage: ReadonlyMap<string, string> = new Map([
  ['script', 'scripts are not supported on LXC network interfaces'],
  ['downscript', 'scripts are not supported on LXC network interfaces'],
]);

/**
 * All interfaces of a domain. Each one without a `<mac>` gets an address from `newMac` that no other one has.
 *
 * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED or INVALID_ARG, with libvirt's message if it has one.
 */
export function parseInterfaces(
  elements: readonly LocatedElement[],
  newMac: () => string,
): ParsedDevice<InterfaceDefinition>[] {
  const taken = new Set(elements.map(writtenMac));
  const unusedMac = (): string => {
    let mac = newMac();
    // If `newMac` repeats itself, checkInterfaceConflicts reports the conflict.
    for (let attempt = 0; taken.has(mac) && attempt < 10; attempt += 1) mac = newMac();
    taken.add(mac);
    return mac;
  };
  return elements.map((at) => parseInterface(at, unusedMac));
}

function parseInterface(
  at: LocatedElement,
  newMac: () => string,
): ParsedDevice<InterfaceDefinition> {
  const type = typeOf(at);
  const supportedType = supportedTypes.find((known) => known === type);
  if (supportedType === undefined) {
    const words = `Unsupported network type ${type}`;
    const isWritten = at.element.attributes.some(({ name }) => name === 'type');
    const location = isWritten ? { ...attributeLocation(at, 'type'), value: type } : placeOf(at);
    return { raw: kept(at), unsupported: [{ ...location, words }] };
  }
  const unsupported: UnsupportedElement[] = [];
  const reading = readElement(at, interfaceVocabulary, unsupported);
  const source = parseInterfaceSource(supportedType, at, childOf(reading, 'source'));
  const parts = {
    ...readNames(reading, unsupported),
    ...readLink(reading),
    ...readPort(reading, source),
  };
  const mac = readMac(reading, unsupported);
  if (unsupported.length > 0)
    return { raw: kept(at), unsupported: unsupported.map((one) => worded(one, source)) };
  return {
    supported: { ...source, mac: mac ?? newMac(), ...parts, position: at.position },
  };
}

/** The type; libvirt's default is `user`. @throws DefinitionError XML_ERROR for a type that libvirt doesn't know. */
function typeOf(at: LocatedElement): string {
  const type = at.element.attributes.find(({ name }) => name === 'type')?.value ?? 'user';
  if (types.includes(type)) return type;
  const detail = `Invalid value for attribute 'type' in element 'interface': '${type}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'type'));
}

function worded(
  unsupported: UnsupportedElement,
  { type }: { readonly type: string },
): UnsupportedElement {
  const word = unsupported.path.slice(unsupported.path.lastIndexOf('/') + 1);
  const isProfile = word === 'virtualport' && type === 'direct';
  const words = isProfile
    ? 'Unable to set port profile on direct interfaces'
    : unsupportedMessage.get(word);
  return words === undefined ? unsupported : { ...unsupported, words };
}

/** The only supported attribute of a child. */
function valueOf(
  reading: Reading,
  child: { readonly name: string; readonly attribute: string; readonly words: Vocabulary },
  unsupported: UnsupportedElement[],
): { readonly text: string; readonly reading: Reading } | undefined {
  const at = childOf(reading, child.name);
  const inner = at && readElement(at, child.words, unsupported);
  const text = inner?.attributes.get(child.attribute);
  return inner === undefined || text === undefined ? undefined : { text, reading: inner };
}

function readMac(reading: Reading, unsupported: UnsupportedElement[]): string | undefined {
  const child = { name: 'mac', attribute: 'address', words: macVocabulary };
  const found = valueOf(reading, child, unsupported);
  return found && parseUnicastMac(found.text, attributeLocation(found.reading.at, 'address'));
}

function readNames(
  reading: Reading,
  unsupported: UnsupportedElement[],
): Pick<InterfaceDefinition, 'targetDevice' | 'guestDevice' | 'model'> {
  const targetChild = { name: 'target', attribute: 'dev', words: interfaceTargetVocabulary };
  const guestChild = { name: 'guest', attribute: 'dev', words: guestVocabulary };
  const modelChild = { name: 'model', attribute: 'type', words: modelVocabulary };
  const target = valueOf(reading, targetChild, unsupported);
  const guest = valueOf(reading, guestChild, unsupported);
  const model = valueOf(reading, modelChild, unsupported);
  const isAsked = target !== undefined && !chosenName.test(target.text);
  if (model !== undefined && !/^[\w-]+$/.test(model.text)) {
    const location = attributeLocation(model.reading.at, 'type');
    throw definitionError('INVALID_ARG', 'Model name contains invalid characters', location);
  }
  return {
    ...(isAsked ? { targetDevice: deviceName(target) } : {}),
    ...(guest === undefined ? {} : { guestDevice: deviceName(guest) }),
    ...(model === undefined ? {} : { model: model.text }),
  };
}

function deviceName(found: { readonly text: string; readonly reading: Reading }): string {
  const location = attributeLocation(found.reading.at, 'dev');
  const name = parseLinkName(found.text, location);
  // Every network namespace has an interface `lo` from the beginning.
  if (name !== 'lo') return name;
  throw definitionError('XML_ERROR', "'lo' is the name of the loopback interface", location);
}

function readLink(
  reading: Reading,
): Pick<InterfaceDefinition, 'linkState' | 'mtu' | 'addresses' | 'routes'> {
  const state = valueOf(reading, { name: 'link', attribute: 'state', words: linkVocabulary }, []);
  if (state !== undefined && state.text !== 'up' && state.text !== 'down') {
    const detail = `unknown interface link state '${state.text}'`;
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      detail,
      attributeLocation(state.reading.at, 'state'),
    );
  }
  const mtu = readMtu(reading);
  return {
    addresses: childrenOf(reading, 'ip').map(parseAddress),
    routes: childrenOf(reading, 'route').map((at) => parseRoute(at, 'guest interface')),
    ...(state === undefined ? {} : { linkState: state.text === 'up' ? 'up' : 'down' }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

/** As in libvirt, 0 means the default. */
function readMtu(reading: Reading): number | undefined {
  const found = valueOf(reading, { name: 'mtu', attribute: 'size', words: mtuVocabulary }, []);
  if (found === undefined) return undefined;
  const location = attributeLocation(found.reading.at, 'size');
  const size = parseWholeNumber(found.text, Number.MAX_SAFE_INTEGER);
  if (size === undefined) throw definitionError('XML_ERROR', 'malformed mtu size', location);
  const { min, max } = mtuRange;
  if (size !== 0 && (size < min || size > max)) {
    throw definitionError(
      'XML_ERROR',
      `mtu size ${size} is not between ${min} and ${max}`,
      location,
    );
  }
  return size === 0 ? undefined : size;
}

/** The settings of the bridge port that the interface is connected to. */
function readPort(
  reading: Reading,
  { type }: { readonly type: CarriedInterfaceType },
): Pick<InterfaceDefinition, 'vlan' | 'bandwidth' | 'isolated'> {
  const vlanAt = childOf(reading, 'vlan');
  const bandwidthAt = childOf(reading, 'bandwidth');
  const where = type === 'network' ? 'on a network' : 'elsewhere';
  const bandwidth = bandwidthAt && parseBandwidth(bandwidthAt, where);
  const portAt = childOf(reading, 'port');
  const portReading = portAt && readElement(portAt, portVocabulary, []);
  const isolated = portReading && enumerated(portReading, 'isolated', ['yes', 'no']);
  if (portAt !== undefined && isolated === 'yes' && type !== 'bridge' && type !== 'network') {
    const detail = `<port isolated='yes'/> is not supported for network interfaces with type='${type}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(portAt, 'isolated'));
  }
  return {
    ...(vlanAt === undefined ? {} : { vlan: parseVlan(vlanAt) }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(isolated === undefined ? {} : { isolated: isolated === 'yes' }),
  };
}

/** The written address; undefined if it is invalid, which is reported elsewhere. */
function writtenMac({ element }: LocatedElement): string | undefined {
  const mac = element.children.find((child) => typeof child !== 'string' && child.name === 'mac');
  if (mac === undefined || typeof mac === 'string') return undefined;
  return parseMac(mac.attributes.find(({ name }) => name === 'address')?.value ?? '');
}

const placeOf = ({ path, position }: LocatedElement) => ({ path, position });
const kept = (at: LocatedElement) => standalone(at, ['alias', 'address']);
