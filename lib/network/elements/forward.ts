/** `<forward>`: how packets of a network are forwarded, and by which devices. */
import { enumerated } from '../../domain/xml/enumerated';
import { parseIp, type Ip } from '../../domain/interface/ip-address';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { asStored } from '../../domain/xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../../domain/xml/reading';
import { required, wholeNumber, yesNo } from './attributes';
import type { Forward, ForwardMode } from '../definition/definition';
import { deviceName } from './names';
import type { NetworkSession } from './parse-session';
import {
  forwardVocabulary,
  hostdevMode,
  managedDevice,
  natRangeVocabulary,
  natVocabulary,
  poolDeviceVocabulary,
} from '../definition/vocabulary';

const modes = 'none nat route open bridge private vepa passthrough hostdev'.split(
  ' ',
) as ForwardMode[];

/** @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED or INTERNAL_ERROR, with libvirt's message. */
export function parseForward(network: Reading, session: NetworkSession): Forward {
  const at = childOf(network, 'forward');
  if (at === undefined) return { mode: 'none', devices: [], position: network.at.position };
  const reading = readElement(at, forwardVocabulary, session);
  const mode = parseMode(reading, session);
  const devices = parseDevices(reading, session);
  checkSources(reading, mode, session);
  const nat = parseNat(childOf(reading, 'nat'), mode, session);
  keepForward(reading, mode, session);
  return { mode, devices, ...(nat === undefined ? {} : { nat }), position: at.position };
}

function parseMode({ attributes, at }: Reading, session: NetworkSession): ForwardMode {
  const text = attributes.get('mode') || 'nat';
  const mode = modes.find((known) => known === text);
  const location = attributeLocation(at, 'mode');
  if (mode === undefined) {
    throw definitionError('CONFIG_UNSUPPORTED', `unknown forwarding type '${text}'`, location);
  }
  if (mode === 'hostdev') session.unsupported.push({ ...location, ...hostdevMode, value: mode });
  return mode;
}

/** As in libvirt, `managed` is always printed in mode hostdev; in other modes `no` has no meaning, and is dropped. */
function keepForward(reading: Reading, mode: ForwardMode, session: NetworkSession): void {
  const { at, keptChildren } = reading;
  const managed = enumerated(reading, 'managed', ['yes', 'no'] as const);
  if (managed === 'yes' && mode !== 'hostdev') {
    const place = attributeLocation(at, 'managed');
    session.unsupported.push({ ...place, ...managedDevice, value: managed });
  }
  const usual = managed === 'yes' ? managed : undefined;
  const value = mode === 'hostdev' ? (managed ?? 'no') : usual;
  const attributes = value === undefined ? [] : [{ name: 'managed', value }];
  if (attributes.length + keptChildren.length === 0) return;
  const children = keptChildren.map((child) => asStored(child, session));
  session.kept.push({ path: at.path, attributes, children });
}

/** The device of `dev`, or those of the pool. If both are given, the pool must begin with the device of `dev`. */
function parseDevices(reading: Reading, session: NetworkSession): string[] {
  const { network } = session;
  const { attributes, at } = reading;
  const text = attributes.get('dev');
  const first = text === undefined ? undefined : deviceName(text, attributeLocation(at, 'dev'));
  const devices = new Set<string>();
  for (const child of childrenOf(reading, 'interface')) {
    const words = `Missing required dev attribute in <forward> <interface> element of network ${network}`;
    const location = attributeLocation(child, 'dev');
    const device = deviceName(
      required(readElement(child, poolDeviceVocabulary, session), 'dev', words),
      location,
    );
    if (devices.size === 0 && first !== undefined && first !== device) {
      const detail = `<forward dev='${first}'> must match first <interface dev='${device}'/> in network ${network}`;
      throw definitionError('XML_ERROR', detail, location);
    }
    if (devices.has(device)) {
      const detail = `interface '${device}' can only be listed once in network ${network}`;
      throw definitionError('XML_ERROR', detail, location);
    }
    devices.add(device);
  }
  return devices.size === 0 && first !== undefined ? [first] : [...devices];
}

/** A pool has either devices by name, PCI addresses, or the functions of one device. */
function checkSources(reading: Reading, mode: ForwardMode, { network }: NetworkSession): void {
  const { at, attributes, keptChildren } = reading;
  const [device] = childrenOf(reading, 'interface');
  const named = (name: string) => keptChildren.filter(({ element }) => element.name === name);
  const [address] = named('address');
  const [physical, second] = named('pf');
  if (attributes.has('dev') && (address ?? physical) !== undefined) {
    const detail = `the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in network ${network}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'dev'));
  }
  if (second !== undefined) {
    const detail = `Only one <pf> element is allowed in <forward> of network ${network}`;
    throw definitionError('XML_ERROR', detail, second);
  }
  if (physical?.element.attributes.some(({ name }) => name === 'dev') === false) {
    const detail = `Missing required dev attribute in <pf> element of network '${network}'`;
    throw definitionError('XML_ERROR', detail, physical);
  }
  const [, other] = [device, address, physical].filter((source) => source !== undefined);
  if (other !== undefined) {
    const detail = `<address>, <interface>, and <pf> elements of <forward> in network ${network} are mutually exclusive`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, other);
  }
  if (mode === 'hostdev' && (device !== undefined || attributes.has('dev'))) {
    const detail = `hostdev network '${network}' lists a network device name in the device pool, but hostdev networks require all devices to be listed by PCI address`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, device ?? attributeLocation(at, 'dev'));
  }
  if (mode !== 'hostdev' && address !== undefined) {
    const detail = `network '${network}' has forward mode '${mode}' but lists a device by PCI address in the device pool. This is only supported for networks with forward mode 'hostdev'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, address);
  }
}

/** Undefined if it has only defaults. */
function parseNat(
  at: LocatedElement | undefined,
  mode: ForwardMode,
  session: NetworkSession,
): Forward['nat'] {
  if (at === undefined) return undefined;
  if (mode !== 'nat') {
    const detail = `The <nat> element can only be used when <forward> 'mode' is 'nat' in network ${session.network}`;
    throw definitionError('XML_ERROR', detail, at);
  }
  const reading = readElement(at, natVocabulary, session);
  const ipv6 = yesNo(reading, 'ipv6') ?? false;
  const addresses = parseAddresses(childOf(reading, 'address'), session);
  const ports = parsePorts(childOf(reading, 'port'), session);
  if (!ipv6 && addresses === undefined && ports === undefined) return undefined;
  return {
    ipv6,
    ...(addresses === undefined ? {} : { addresses }),
    ...(ports === undefined ? {} : { ports }),
  };
}

function parseAddresses(
  at: LocatedElement | undefined,
  session: NetworkSession,
): { readonly start: string; readonly end: string } | undefined {
  if (at === undefined) return undefined;
  const { network } = session;
  const reading = readElement(at, natRangeVocabulary, session);
  const read = (name: 'start' | 'end'): Ip => {
    const words = `missing '${name}' attribute in <address> element in <nat> in <forward> in network ${network}`;
    const text = required(reading, name, words);
    const ip = parseIp(text);
    if (ip?.family === 'ipv4') return ip;
    const detail = `Bad ipv4 ${name} address '${text}' in <nat> in <forward> in network '${network}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
  };
  const [start, end] = [read('start'), read('end')];
  const range = `range ${start.address} - ${end.address}`;
  if (start.value > end.value) throw definitionError('INTERNAL_ERROR', `${range} is reversed`, at);
  if (start.value >> 16n !== end.value >> 16n) {
    throw definitionError('INTERNAL_ERROR', `${range} is too large (> 65535)`, at);
  }
  return { start: start.address, end: end.address };
}

function parsePorts(
  at: LocatedElement | undefined,
  session: NetworkSession,
): { readonly start: number; readonly end: number } | undefined {
  if (at === undefined) return undefined;
  const reading = readElement(at, natRangeVocabulary, session);
  required(reading, 'start');
  required(reading, 'end');
  const start = wholeNumber(reading, 'start', [1, 65535]) ?? 1;
  const end = wholeNumber(reading, 'end', [start, 65535]) ?? start;
  return { start, end };
}
