/** `<devices>`: the emulator, the supported devices, and those that are kept as written. */
import { parseConsole } from './console';
import type { DomainDefinition } from '../definition';
import type { ParsedDevice } from '../xml/unsupported';
import type { XmlElement } from '../xml/element';
import { checkDiskTargets, parseDisk } from './disk/disk';
import { rawDevice } from './parsed-device';
import { parseFilesystem } from '../filesystem/filesystem';
import { parseHostDevice } from './host-device';
import { isHostInterface, parseHostInterface } from '../interface/host-interface';
import { parseInterfaces } from '../interface/interface';
import { checkInterfaceConflicts } from '../interface/conflicts';
import { comparePositions, definitionError } from '../xml/source-location';
import {
  childOf,
  childrenOf,
  inVocabularyOrder,
  readElement,
  readText,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { devicesVocabulary } from './device-vocabulary';

type SupportedDevices = Pick<
  DomainDefinition,
  'filesystems' | 'consoles' | 'disks' | 'hostDevices' | 'interfaces' | 'hostInterfaces'
>;

/** A missing `<devices>` means the same as an empty one. @throws DefinitionError. */
export function parseDevices(
  domain: Reading,
  session: ParseSession,
): SupportedDevices & Pick<DomainDefinition, 'emulator' | 'otherDevices' | 'devicesPosition'> {
  const { emulator } = session.context;
  const at = childOf(domain, 'devices');
  if (at === undefined) {
    return { emulator, ...noDevices, otherDevices: [], devicesPosition: domain.at.position };
  }
  const devices = readElement(at, devicesVocabulary, session);
  checkMachine(devices.keptChildren);
  const { supported, raw } = parseEach(devices, session);
  const others = [...devices.keptChildren.map((child) => rawDevice(child, session)), ...raw].map(
    (element) => ({ element }),
  );
  return {
    emulator: readText(childOf(devices, 'emulator'), session) ?? emulator,
    ...supported,
    otherDevices: inVocabularyOrder(others, devicesVocabulary).map(({ element }) => element),
    devicesPosition: at.position,
  };
}

/** Refuses what libvirt refuses to define, among the devices that it only stores for a container. @throws DefinitionError, as libvirt. */
function checkMachine(kept: readonly LocatedElement[]): void {
  const first = (name: string) => kept.find(({ element }) => element.name === name);
  const graphics = first('graphics');
  if (graphics !== undefined && first('video') === undefined) {
    const detail = 'missing video model and cannot determine default';
    throw definitionError('INTERNAL_ERROR', detail, graphics);
  }
  const redirected = first('redirdev');
  const hasUsb = kept.some(({ element: { name, attributes } }) => {
    return name === 'controller' && attributes.some(({ value }) => value === 'usb');
  });
  if (redirected === undefined || hasUsb) return;
  const detail = 'cannot add redirected USB device: USB is disabled for this domain';
  throw definitionError('CONFIG_UNSUPPORTED', detail, redirected);
}

const noDevices: SupportedDevices = {
  filesystems: [],
  consoles: [],
  disks: [],
  hostDevices: [],
  interfaces: [],
  hostInterfaces: [],
};

/** The supported devices by kind, and the others in document order. */
export function parseEach(
  devices: Reading,
  session: ParseSession,
): { supported: SupportedDevices; raw: XmlElement[] } {
  const all = (name: string) => childrenOf(devices, name);
  const filesystems = sortParsed(
    all('filesystem').map((child) => parseFilesystem(child, session)),
    session,
  );
  const consoles = all('console').map((child, port) => parseConsole(child, session, port));
  const disks = sortParsed(
    all('disk').map((child) => parseDisk(child, session)),
    session,
  );
  checkDiskTargets(disks.supported);
  const isDevice = (child: LocatedElement) => !isHostInterface(child);
  const hostdevs = all('hostdev');
  const hostDevices = sortParsed(
    hostdevs.filter(isDevice).map((child) => parseHostDevice(child, session)),
    session,
  );
  const borrowed = sortParsed(
    hostdevs.filter(isHostInterface).map((child) => parseHostInterface(child, session)),
    session,
  );
  const interfaces = sortParsed(parseInterfaces(all('interface'), session), session);
  const supported = {
    filesystems: filesystems.supported,
    consoles,
    disks: disks.supported,
    hostDevices: hostDevices.supported,
    interfaces: interfaces.supported,
    hostInterfaces: borrowed.supported,
  };
  checkInterfaceConflicts(supported);
  const raw = [filesystems, disks, hostDevices, borrowed, interfaces].flatMap((kind) => kind.raw);
  return { supported, raw: raw.sort((a, b) => comparePositions(a.position, b.position)) };
}

/** The supported devices, and those that are kept as written; what is unsupported is added to the session. */
function sortParsed<T>(
  parsed: readonly ParsedDevice<T>[],
  session: ParseSession,
): { supported: T[]; raw: XmlElement[] } {
  const supported: T[] = [];
  const raw: XmlElement[] = [];
  for (const device of parsed) {
    if ('supported' in device) supported.push(device.supported);
    else raw.push(device.raw);
    session.unsupported.push(...device.unsupported);
  }
  return { supported, raw };
}
