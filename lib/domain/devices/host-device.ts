/**
 * `<hostdev>`: a device of the host in the container. Only mode capabilities with type storage or misc is
 * supported; other elements are kept as written. For type net, see host-interface.ts.
 */
import type { HostDeviceDefinition } from '../definition';
import type { UnsupportedElement } from '../xml/unsupported';
import { hostdevSourceVocabulary, hostdevVocabulary } from './device-vocabulary';
import type { ParsedDevice } from '../xml/unsupported';
import { sanitizePath } from '../filesystem/filesystem';
import { attributeLocation, definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import { childOf, readElement, readText, type LocatedElement } from '../xml/reading';
import { parseSourceLabels } from '../security/source-label';

/** The element in `<source>` that names the device. */
export const hostDeviceSources = { storage: 'block', misc: 'char' } as const;

const descriptions = { storage: 'storage device', misc: 'character device' };
const subsystemTypes = ['usb', 'pci', 'scsi', 'scsi_host', 'mdev'];

/** @throws DefinitionError XML_ERROR or INTERNAL_ERROR, as libvirt does, if something is missing or unknown. */
export function parseHostDevice(at: LocatedElement): ParsedDevice<HostDeviceDefinition> {
  const { mode = 'subsystem', type } = attributesOf(at);
  if (mode !== 'subsystem' && mode !== 'capabilities') {
    const detail = `Invalid value for attribute 'mode' in element 'hostdev': '${mode}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'mode'));
  }
  if (type === undefined) throw definitionError('XML_ERROR', 'missing source address type', at);
  const known = mode === 'subsystem' ? subsystemTypes : ['storage', 'misc', 'net'];
  if (!known.includes(type)) {
    const detail = `unknown host device source address type '${type}'`;
    throw definitionError('INTERNAL_ERROR', detail, attributeLocation(at, 'type'));
  }
  if (type !== 'storage' && type !== 'misc') {
    const words = `Unsupported hostdev type ${type}`;
    const location = attributeLocation(at, 'type');
    return { raw: kept(at), unsupported: [{ ...location, value: type, words }] };
  }
  const unsupported: UnsupportedElement[] = [];
  const source = readSource(at, type, unsupported);
  if (unsupported.length > 0) return { raw: kept(at), unsupported };
  return { supported: { type, ...source, position: at.position } };
}

function attributesOf({ element }: LocatedElement): { mode?: string; type?: string } {
  return Object.fromEntries(element.attributes.map(({ name, value }) => [name, value]));
}

function readSource(
  at: LocatedElement,
  type: HostDeviceDefinition['type'],
  unsupported: UnsupportedElement[],
): Pick<HostDeviceDefinition, 'source' | 'sourceLabels'> {
  const sourceAt = childOf(readElement(at, hostdevVocabulary, unsupported), 'source');
  if (sourceAt === undefined) {
    throw definitionError('XML_ERROR', 'Missing <source> element in hostdev device', at);
  }
  const reading = readElement(sourceAt, hostdevSourceVocabulary, unsupported);
  const name = hostDeviceSources[type];
  const source = readText(childOf(reading, name), unsupported);
  if (source === undefined) {
    const detail = `Missing <${name}> element in hostdev ${descriptions[type]}`;
    throw definitionError('XML_ERROR', detail, sourceAt);
  }
  const other = reading.children.get(type === 'misc' ? 'block' : 'char')?.[0];
  if (other !== undefined) {
    throw definitionError(
      'XML_ERROR',
      `unexpected <${other.element.name}> of a ${descriptions[type]}`,
      other,
    );
  }
  return { source: sanitizePath(source), ...parseSourceLabels(reading, unsupported) };
}

const kept = (at: LocatedElement) => standalone(at, ['alias', 'address']);
