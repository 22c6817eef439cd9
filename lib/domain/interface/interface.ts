/**
 * `<interface>`: a network interface of the container. Types bridge, network, direct and ethernet are supported; an
 * element with any part that a start refuses is kept as a whole.
 */
import { parseBandwidth } from './bandwidth';
import { parseFilter } from './port/filter';
import type { InterfaceDefinition } from './definition';
import type { ParsedDevice } from '../xml/unsupported';
import { enumerated } from '../xml/enumerated';
import { parseAddress, parseRoute } from './addresses';
import {
  checkSourceLink,
  parseInterfaceSource,
  type CarriedInterfaceType,
  type InterfaceSource,
} from './source';
import { deviceSession, parsedDevice, rawDevice } from '../devices/parsed-device';
import type { ParseContext } from '../parse-session';
import {
  filterWithoutBridge,
  guestVocabulary,
  interfaceTargetVocabulary,
  interfaceVocabulary,
  linkVocabulary,
  macVocabulary,
  modelVocabulary,
  mtuVocabulary,
  otherType,
  portVocabulary,
  portWithoutBridge,
} from './vocabulary';
import { chosenLinkName, parseLinkName } from './link-name';
import { parseMac, parseUnicastMac } from './mac-address';
import { attributeLocation, definitionError } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import type { XmlElement } from '../xml/element';
import { forwardWithoutNetwork, parsePortForward } from './port/port-forward';
import { parseVirtualPort, unnamedSwitch } from './port/virtual-port';
import { parseVlan } from './port/vlan';
import type { Vocabulary } from '../xml/vocabulary';
import { parseWholeNumber } from '../xml/whole-number';

const supportedTypes: readonly CarriedInterfaceType[] = ['bridge', 'network', 'direct', 'ethernet'];
const types: readonly string[] = [
  ...supportedTypes,
  ...'user vhostuser server client mcast internal hostdev udp vdpa null vds'.split(' '),
];

type InterfaceSession = ReadingSession & { readonly context: Pick<ParseContext, 'newMac'> };

/** Limits of veth(4) in the kernel: ETH_MIN_MTU and ETH_MAX_MTU. */
const mtuRange = { min: 68, max: 65535 };

/**
 * All interfaces of a domain. Each interface without a `<mac>` gets an address from the context that no other interface has.
 *
 * @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED or INVALID_ARG, with libvirt's message if it has one.
 */
export function parseInterfaces(
  elements: readonly LocatedElement[],
  session: InterfaceSession,
): ParsedDevice<InterfaceDefinition>[] {
  const { newMac } = session.context;
  const taken = new Set(elements.map(writtenMac));
  const unusedMac = (): string => {
    let mac = newMac();
    // If `newMac` repeats itself, checkInterfaceConflicts reports the conflict.
    for (let attempt = 0; taken.has(mac) && attempt < 10; attempt += 1) mac = newMac();
    taken.add(mac);
    return mac;
  };
  return elements.map((at) => parseInterface(at, session, unusedMac));
}

function parseInterface(
  at: LocatedElement,
  session: ReadingSession,
  newMac: () => string,
): ParsedDevice<InterfaceDefinition> {
  const type = typeOf(at);
  const supportedType = supportedTypes.find((known) => known === type);
  if (supportedType === undefined) {
    const isWritten = at.element.attributes.some(({ name }) => name === 'type');
    const location = isWritten ? { ...attributeLocation(at, 'type'), value: type } : placeOf(at);
    const raw = withMac(rawDevice(at, session), newMac);
    return { raw, unsupported: [{ ...location, ...otherType(type) }] };
  }
  const own = deviceSession(session);
  const reading = withoutDriver(readElement(at, interfaceVocabulary, own), own);
  keepRest(reading, own);
  const source = parseInterfaceSource(
    supportedType,
    { parent: at, at: childOf(reading, 'source') },
    own,
  );
  // In the order of virDomainNetDefParseXML (domain_conf.c): of several faults, the one is told that libvirt tells.
  const names = readNames(reading, own);
  const port = readPort(reading, source, own);
  const virtualPort = readVirtualPort(reading, source, own);
  const mac = readMac(reading, own);
  checkManaged(reading, supportedType);
  const parts = {
    ...names,
    ...readLink(reading, own),
    ...port,
    ...readFilter(reading, source, own),
    ...virtualPort,
    ...readPortForwards(reading, source, own),
  };
  checkNames(reading, source, names);
  const device = { ...source, mac: mac ?? newMac(), ...parts, position: at.position };
  const parsed = parsedDevice(at, device, own);
  return 'raw' in parsed ? { ...parsed, raw: withMac(parsed.raw, () => device.mac) } : parsed;
}

/** The element with a `<mac>`: an interface that is only stored gets an address as well. */
function withMac(element: XmlElement, newMac: () => string): XmlElement {
  const has = element.children.some((child) => typeof child !== 'string' && child.name === 'mac');
  if (has) return element;
  const mac: XmlElement = {
    name: 'mac',
    namespace: '',
    attributes: [{ name: 'address', value: newMac() }],
    children: [],
    position: element.position,
  };
  return { ...element, children: [mac, ...element.children] };
}

/** The type; libvirt's default is `user`. @throws DefinitionError XML_ERROR for a type that libvirt doesn't know. */
function typeOf(at: LocatedElement): string {
  const type = at.element.attributes.find(({ name }) => name === 'type')?.value ?? 'user';
  if (types.includes(type)) return type;
  const detail = `Invalid value for attribute 'type' in element 'interface': '${type}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'type'));
}

/** The only supported attribute of a child. */
function valueOf(
  reading: Reading,
  child: { readonly name: string; readonly attribute: string; readonly words: Vocabulary },
  session: ReadingSession,
): { readonly text: string; readonly reading: Reading } | undefined {
  const at = childOf(reading, child.name);
  const inner = at && readElement(at, child.words, session);
  if (inner !== undefined) keepRest(inner, session);
  const text = inner?.attributes.get(child.attribute);
  return inner === undefined || text === undefined ? undefined : { text, reading: inner };
}

function readMac(reading: Reading, session: ReadingSession): string | undefined {
  const child = { name: 'mac', attribute: 'address', words: macVocabulary };
  const found = valueOf(reading, child, session);
  return found && parseUnicastMac(found.text, attributeLocation(found.reading.at, 'address'));
}

function readNames(
  reading: Reading,
  session: ReadingSession,
): Pick<InterfaceDefinition, 'targetDevice' | 'guestDevice' | 'model'> {
  const targetChild = { name: 'target', attribute: 'dev', words: interfaceTargetVocabulary };
  const guestChild = { name: 'guest', attribute: 'dev', words: guestVocabulary };
  const modelChild = { name: 'model', attribute: 'type', words: modelVocabulary };
  const target = valueOf(reading, targetChild, session);
  const guest = valueOf(reading, guestChild, session);
  const model = valueOf(reading, modelChild, session);
  const isAsked = target !== undefined && !chosenLinkName.test(target.text);
  if (model !== undefined && !/^[\w-]+$/.test(model.text)) {
    const location = attributeLocation(model.reading.at, 'type');
    throw definitionError('INVALID_ARG', 'Model name contains invalid characters', location);
  }
  return {
    ...(isAsked ? { targetDevice: target.text } : {}),
    ...(guest === undefined ? {} : { guestDevice: guest.text }),
    ...(model === undefined ? {} : { model: model.text }),
  };
}

/** As in libvirt, only an interface of the model virtio has a `<driver>`; it is left out for others. */
function withoutDriver(reading: Reading, session: ReadingSession): Reading {
  const model = childOf(reading, 'model')?.element.attributes.find(({ name }) => name === 'type');
  const [driver] = reading.keptChildren.filter(({ element }) => element.name === 'driver');
  if (model?.value === 'virtio' || driver === undefined) return reading;
  session.unknown?.push(placeOf(driver));
  const place = session.unsupported.findIndex(({ path }) => path === driver.path);
  session.unsupported.splice(place, 1);
  return { ...reading, keptChildren: reading.keptChildren.filter((one) => one !== driver) };
}

/** As in libvirt, `managed='no'` (the link exists already) is refused for every type but ethernet. */
function checkManaged(reading: Reading, type: CarriedInterfaceType): void {
  const at = childOf(reading, 'target');
  const managed = at?.element.attributes.find(({ name }) => name === 'managed')?.value;
  if (at === undefined || managed !== 'no' || type === 'ethernet') return;
  const detail = `unmanaged target dev is not supported on interfaces of type '${type}'`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'managed'));
}

/** Names that the kernel would refuse. libvirt looks at none, and a start fails: what libvirt refuses is told before. */
function checkNames(
  reading: Reading,
  source: InterfaceSource,
  { targetDevice, guestDevice }: Pick<InterfaceDefinition, 'targetDevice' | 'guestDevice'>,
): void {
  checkSourceLink(source, childOf(reading, 'source'));
  checkDeviceName(targetDevice, childOf(reading, 'target'));
  checkDeviceName(guestDevice, childOf(reading, 'guest'));
}

function checkDeviceName(text: string | undefined, at: LocatedElement | undefined): void {
  if (text === undefined || at === undefined) return;
  const location = attributeLocation(at, 'dev');
  // Every network namespace has an interface `lo` from the beginning.
  if (parseLinkName(text, location) !== 'lo') return;
  throw definitionError('XML_ERROR', "'lo' is the name of the loopback interface", location);
}

function readLink(
  reading: Reading,
  session: ReadingSession,
): Pick<InterfaceDefinition, 'linkState' | 'mtu' | 'addresses' | 'routes'> {
  const stateChild = { name: 'link', attribute: 'state', words: linkVocabulary };
  const state = valueOf(reading, stateChild, session);
  if (state !== undefined && state.text !== 'up' && state.text !== 'down') {
    const detail = `unknown interface link state '${state.text}'`;
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      detail,
      attributeLocation(state.reading.at, 'state'),
    );
  }
  const mtu = readMtu(reading, session);
  return {
    addresses: childrenOf(reading, 'ip').map((at) => parseAddress(at, session)),
    routes: childrenOf(reading, 'route').map((at) => parseRoute(at, 'guest interface', session)),
    ...(state === undefined ? {} : { linkState: state.text === 'up' ? 'up' : 'down' }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

/** As in libvirt, 0 means the default. */
function readMtu(reading: Reading, session: ReadingSession): number | undefined {
  const child = { name: 'mtu', attribute: 'size', words: mtuVocabulary };
  const found = valueOf(reading, child, session);
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
  session: ReadingSession,
): Pick<InterfaceDefinition, 'vlan' | 'bandwidth' | 'isolated'> {
  const vlanAt = childOf(reading, 'vlan');
  const bandwidthAt = childOf(reading, 'bandwidth');
  const where = type === 'network' ? 'on a network' : 'elsewhere';
  const bandwidth = bandwidthAt && parseBandwidth(bandwidthAt, where, session);
  const portAt = childOf(reading, 'port');
  const portReading = portAt && readElement(portAt, portVocabulary, session);
  const isolated = portReading && enumerated(portReading, 'isolated', ['yes', 'no']);
  if (portAt !== undefined && isolated === 'yes' && type !== 'bridge' && type !== 'network') {
    const detail = `<port isolated='yes'/> is not supported for network interfaces with type='${type}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(portAt, 'isolated'));
  }
  return {
    ...(vlanAt === undefined ? {} : { vlan: parseVlan(vlanAt, session) }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(isolated === undefined ? {} : { isolated: isolated === 'yes' }),
  };
}

/** The filter of the bridge port that the interface is connected to. */
function readFilter(
  reading: Reading,
  { type }: { readonly type: CarriedInterfaceType },
  session: ReadingSession,
): Pick<InterfaceDefinition, 'filter'> {
  const at = childOf(reading, 'filterref');
  if (at === undefined) return {};
  if (type === 'direct' || type === 'ethernet') {
    session.unsupported.push({ ...placeOf(at), ...filterWithoutBridge(type) });
    return {};
  }
  const filter = parseFilter(at, session);
  return filter === undefined ? {} : { filter };
}

function readVirtualPort(
  reading: Reading,
  { type }: { readonly type: CarriedInterfaceType },
  session: ReadingSession,
): Pick<InterfaceDefinition, 'virtualPort'> {
  const at = childOf(reading, 'virtualport');
  if (at === undefined) return {};
  if (type === 'direct' || type === 'ethernet') {
    session.unsupported.push({ ...placeOf(at), ...portWithoutBridge(type) });
    return {};
  }
  const virtualPort = parseVirtualPort(at, session);
  if (type === 'bridge' && virtualPort !== undefined && virtualPort.type === undefined) {
    session.unsupported.push({ ...placeOf(at), ...unnamedSwitch });
  }
  return virtualPort === undefined ? {} : { virtualPort };
}

function readPortForwards(
  reading: Reading,
  { type }: { readonly type: CarriedInterfaceType },
  session: ReadingSession,
): Pick<InterfaceDefinition, 'portForwards'> {
  const elements = childrenOf(reading, 'portForward');
  const [first] = elements;
  if (first === undefined) return {};
  if (type !== 'network') {
    session.unsupported.push({ ...placeOf(first), ...forwardWithoutNetwork });
    return {};
  }
  return { portForwards: elements.map((at) => parsePortForward(at, session)) };
}

/** The written address; undefined if it is invalid, which is reported elsewhere. */
function writtenMac({ element }: LocatedElement): string | undefined {
  const mac = element.children.find((child) => typeof child !== 'string' && child.name === 'mac');
  if (mac === undefined || typeof mac === 'string') return undefined;
  return parseMac(mac.attributes.find(({ name }) => name === 'address')?.value ?? '');
}

const placeOf = ({ path, position }: LocatedElement) => ({ path, position });
