/**
 * `<devices>`: the emulator, file systems and consoles that are carried out, and the devices kept raw.
 */
import { parseConsole } from './console';
import type { ConsoleDefinition, DomainDefinition, LaterElement, XmlElement } from './definition';
import { checkDiskTargets, parseDisk } from './disk';
import { parseFilesystem } from './filesystem';
import { parseHostDevice } from './host-device';
import { standalone } from './raw';
import {
  childOf,
  childrenOf,
  inVocabularyOrder,
  readElement,
  readText,
  type ParseSession,
  type Reading,
} from './reading';
import { devicesVocabulary } from './vocabulary';

/** Carried out, or kept as written with the reasons for that in `later`. */
export type ParsedDevice<T> =
  { readonly carried: T } | { readonly raw: XmlElement; readonly later: readonly LaterElement[] };

/** A domain without `<devices>` is one with an empty `<devices>`. @throws DefinitionError. */
export function parseDevices(
  domain: Reading,
  session: ParseSession,
): Pick<
  DomainDefinition,
  | 'emulator'
  | 'filesystems'
  | 'consoles'
  | 'disks'
  | 'hostDevices'
  | 'otherDevices'
  | 'devicesPosition'
> {
  const { emulator } = session.context;
  const at = childOf(domain, 'devices');
  if (at === undefined) {
    const devicesPosition = domain.at.position;
    const none = { filesystems: [], consoles: [], disks: [], hostDevices: [], otherDevices: [] };
    return { emulator, ...none, devicesPosition };
  }
  const devices = readElement(at, devicesVocabulary, session.later);
  const filesystems = sortParsed(childrenOf(devices, 'filesystem').map(parseFilesystem), session);
  const consoles: ConsoleDefinition[] = childrenOf(devices, 'console').map((child) =>
    parseConsole(child, session),
  );
  const disks = sortParsed(childrenOf(devices, 'disk').map(parseDisk), session);
  checkDiskTargets(disks.carried);
  const hostDevices = sortParsed(childrenOf(devices, 'hostdev').map(parseHostDevice), session);
  const others = [
    ...devices.keptChildren.map((child) => standalone(child, ['alias'])),
    ...filesystems.raw,
    ...disks.raw,
    ...hostDevices.raw,
  ].map((element) => ({ element }));
  return {
    emulator: readText(childOf(devices, 'emulator'), session.later) ?? emulator,
    filesystems: filesystems.carried,
    consoles,
    disks: disks.carried,
    hostDevices: hostDevices.carried,
    otherDevices: inVocabularyOrder(others, devicesVocabulary).map(({ element }) => element),
    devicesPosition: at.position,
  };
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
