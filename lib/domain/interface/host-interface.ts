/** `<hostdev mode='capabilities' type='net'>`: an interface of the host that moves into the container while it runs. */
import type { HostInterfaceDefinition } from '../definition';
import type { ParsedDevice } from '../xml/unsupported';
import { parseAddress, parseRoute } from './addresses';
import { hostInterfaceSourceVocabulary, hostInterfaceVocabulary } from './vocabulary';
import { parseLinkName } from './link-name';
import { definitionError } from '../xml/source-location';
import { deviceSession, parsedDevice } from '../devices/parsed-device';
import { keepRest } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  readText,
  type LocatedElement,
  type ReadingSession,
} from '../xml/reading';

/** Whether a `<hostdev>` is one of these. */
export function isHostInterface({ element }: LocatedElement): boolean {
  const value = (wanted: string) => element.attributes.find(({ name }) => name === wanted)?.value;
  return value('mode') === 'capabilities' && value('type') === 'net';
}

/** @throws DefinitionError XML_ERROR, as libvirt does, if something is missing or invalid. */
export function parseHostInterface(
  at: LocatedElement,
  session: ReadingSession,
): ParsedDevice<HostInterfaceDefinition> {
  const own = deviceSession(session);
  const reading = readElement(at, hostInterfaceVocabulary, own);
  keepRest(reading, own);
  const sourceAt = childOf(reading, 'source');
  if (sourceAt === undefined) {
    throw definitionError('XML_ERROR', 'Missing <source> element in hostdev device', at);
  }
  const nameAt = childOf(readElement(sourceAt, hostInterfaceSourceVocabulary, own), 'interface');
  const name = readText(nameAt, own);
  if (nameAt === undefined || name === undefined) {
    const detail = 'Missing <interface> element in hostdev net device';
    throw definitionError('XML_ERROR', detail, nameAt ?? sourceAt);
  }
  const addresses = childrenOf(reading, 'ip').map((ip) => parseAddress(ip, own));
  const routes = childrenOf(reading, 'route').map((route) =>
    parseRoute(route, 'Domain hostdev device', own),
  );
  // Last: libvirt takes any name, and what it refuses is told before.
  const device = parseLinkName(name, nameAt);
  if (device === 'lo') {
    throw definitionError(
      'XML_ERROR',
      "'lo' is the host's loopback interface and stays there",
      nameAt,
    );
  }
  return parsedDevice(at, { device, addresses, routes, position: at.position }, own);
}
