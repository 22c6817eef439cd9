/**
 * `<devices>`: the emulator, file systems and consoles that are carried out, and the devices kept raw.
 */
import { parseConsole } from './console';
import type {
  ConsoleDefinition,
  DomainDefinition,
  FilesystemDefinition,
  XmlElement,
} from './definition';
import { parseFilesystem } from './filesystem';
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

/** A domain without `<devices>` is one with an empty `<devices>`. @throws DefinitionError. */
export function parseDevices(
  domain: Reading,
  session: ParseSession,
): Pick<
  DomainDefinition,
  'emulator' | 'filesystems' | 'consoles' | 'otherDevices' | 'devicesPosition'
> {
  const { emulator } = session.context;
  const at = childOf(domain, 'devices');
  if (at === undefined) {
    const devicesPosition = domain.at.position;
    return { emulator, filesystems: [], consoles: [], otherDevices: [], devicesPosition };
  }
  const devices = readElement(at, devicesVocabulary, session.later);
  const filesystems: FilesystemDefinition[] = [];
  const otherFilesystems: XmlElement[] = [];
  for (const child of childrenOf(devices, 'filesystem')) {
    const filesystem = parseFilesystem(child);
    if ('carried' in filesystem) {
      filesystems.push(filesystem.carried);
    } else {
      otherFilesystems.push(filesystem.raw);
      session.later.push(...filesystem.later);
    }
  }
  const consoles: ConsoleDefinition[] = childrenOf(devices, 'console').map((child) =>
    parseConsole(child, session),
  );
  const others = [
    ...devices.keptChildren.map((child) => standalone(child, ['alias'])),
    ...otherFilesystems,
  ].map((element) => ({ element }));
  return {
    emulator: readText(childOf(devices, 'emulator'), session.later) ?? emulator,
    filesystems,
    consoles,
    otherDevices: inVocabularyOrder(others, devicesVocabulary).map(({ element }) => element),
    devicesPosition: at.position,
  };
}
