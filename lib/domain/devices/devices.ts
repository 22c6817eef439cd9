/**
 * `<devices>`: the emulator, the devices that are carried out, and those that are kept raw.
 */
import { parseConsole } from './console';
import type { DomainDefinition, LaterElement, XmlElement } from '../definition';
import { checkDiskTargets, parseDisk } from './disk';
import { parseFilesystem } from '../filesystem/filesystem';
import { parseHostDevice } from './host-device';
import { isHostInterface, parseHostInterface } from '../interface/host-interface';
import { parseInterfaces } from '../interface/interface';
import { checkInterfaceConflicts } from '../interface/conflicts';
import { comparePositions } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  childrenOf,
  inVocabularyOrder,
  readElement,
  readText,
  type LocatedElement,
  type ParseSession,
  type Reading,
} from '../xml/reading';
import { devicesVocabulary } from '../xml/vocabulary';

/** Carried out, or kept as written with the reasons for that in `later`. */
export type ParsedDevice<T> =
  { readonly carried: T } | { readonly raw: XmlElement; readonly later: readonly LaterElement[] };

type Carried = Pick<
  DomainDefinition,
  'filesystems' | 'consoles' | 'disks' | 'hostDevices' | 'interfaces' | 'hostInterfaces'
>;

/** A domain without `<devices>` is one with an empty `<devices>`. @throws DefinitionError. */
export function parseDevices(
  domain: Reading,
  session: ParseSession,
): Carried & Pick<DomainDefinition, 'emulator' | 'otherDevices' | 'devicesPosition'> {
  const { emulator } = session.context;
  const at = childOf(domain, 'devices');
  if (at === undefined) {
    return { emulator, ...noDevices, otherDevices: [], devicesPosition: domain.at.position };
  }
  const devices = readElement(at, devicesVocabulary, session.later);
  const { carried, raw } = parseEach(devices, session);
  const others = [...devices.keptChildren.map((child) => standalone(child, ['alias'])), ...raw].map(
    (element) => ({ element }),
  );
  return {
    emulator: readText(childOf(devices, 'emulator'), session.later) ?? emulator,
    ...carried,
    otherDevices: inVocabularyOrder(others, devicesVocabulary).map(({ element }) => element),
    devicesPosition: at.position,
  };
}

const noDevices: Carried = {
  filesystems: [],
  consoles: [],
  disks: [],
  hostDevices: [],
  interfaces: [],
  hostInterfaces: [],
};

/** Those that can be carried out, by kind; `raw` in document order. */
function parseEach(
  devices: Reading,
  session: ParseSession,
): { carried: Carried; raw: XmlElement[] } {
  const all = (name: string) => childrenOf(devices, name);
  const filesystems = sortParsed(all('filesystem').map(parseFilesystem), session);
  const consoles = all('console').map((child) => parseConsole(child, session));
  const disks = sortParsed(all('disk').map(parseDisk), session);
  checkDiskTargets(disks.carried);
  const isDevice = (child: LocatedElement) => !isHostInterface(child);
  const hostDevices = sortParsed(all('hostdev').filter(isDevice).map(parseHostDevice), session);
  const lent = sortParsed(all('hostdev').filter(isHostInterface).map(parseHostInterface), session);
  const parsed = parseInterfaces(all('interface'), session.context.newMac);
  const interfaces = sortParsed(parsed, session);
  const carried = {
    filesystems: filesystems.carried,
    consoles,
    disks: disks.carried,
    hostDevices: hostDevices.carried,
    interfaces: interfaces.carried,
    hostInterfaces: lent.carried,
  };
  checkInterfaceConflicts(carried);
  const raw = [filesystems, disks, hostDevices, lent, interfaces].flatMap((kind) => kind.raw);
  return { carried, raw: raw.sort((a, b) => comparePositions(a.position, b.position)) };
}

/** The devices that are carried out, and those that are kept; what is for later goes to the session. */
function sortParsed<T>(
  parsed: readonly ParsedDevice<T>[],
  session: ParseSession,
): { carried: T[]; raw: XmlElement[] } {
  const carried: T[] = [];
  const raw: XmlElement[] = [];
  for (const device of parsed) {
    if ('carried' in device) {
      carried.push(device.carried);
    } else {
      raw.push(device.raw);
      session.later.push(...device.later);
    }
  }
  return { carried, raw };
}
