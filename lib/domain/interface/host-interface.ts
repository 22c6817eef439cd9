/** `<hostdev mode='capabilities' type='net'>`: an interface of the host that moves into the container while it runs. */
import type { HostInterfaceDefinition } from '../definition';
import type { UnsupportedElement } from '../xml/unsupported';
import type { ParsedDevice } from '../xml/unsupported';
import { parseAddress, parseRoute } from './addresses';
import { hostInterfaceSourceVocabulary, hostInterfaceVocabulary } from './vocabulary';
import { parseLinkName } from './link-name';
import { definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import { childOf, childrenOf, readElement, readText, type LocatedElement } from '../xml/reading';

/** Whether a `<hostdev>` is one of these. */
export function isHostInterface({ element }: LocatedElement): boolean {
  const value = (wanted: string) => element.attributes.find(({ name }) => name === wanted)?.value;
  return value('mode') === 'capabilities' && value('type') === 'net';
}

/** @throws DefinitionError XML_ERROR, as libvirt does, if something is missing or invalid. */
export function parseHostInterface(at: LocatedElement): ParsedDevice<HostInterfaceDefinition> {
  const unsupported: UnsupportedElement[] = [];
  const reading = readElement(at, hostInterfaceVocabulary, unsupported);
  const sourceAt = childOf(reading, 'source');
  if (sourceAt === undefined) {
    throw definitionError('XML_ERROR', 'Missing <source> element in hostdev device', at);
  }
  const nameAt = childOf(
    readElement(sourceAt, hostInterfaceSourceVocabulary, unsupported),
    'interface',
  );
  const name = readText(nameAt, unsupported);
  if (nameAt === undefined || name === undefined) {
    const detail = 'Missing <interface> element in hostdev net device';
    throw definitionError('XML_ERROR', detail, nameAt ?? sourceAt);
  }
  const device = parseLinkName(name, nameAt);
  if (device === 'lo') {
    throw definitionError(
      'XML_ERROR',
      "'lo' is the host's loopback interface and stays there",
      nameAt,
    );
  }
  const addresses = childrenOf(reading, 'ip').map(parseAddress);
  const routes = childrenOf(reading, 'route').map((route) =>
    parseRoute(route, 'Domain hostdev device'),
  );
  if (unsupported.length > 0) return { raw: standalone(at, ['alias', 'address']), unsupported };
  return { supported: { device, addresses, routes, position: at.position } };
}
