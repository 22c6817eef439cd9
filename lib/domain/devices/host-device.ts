/**
 * `<hostdev>`: a device of the host in the container. Mode capabilities with type storage or misc, and mode subsystem with
 * type usb, are supported; others are kept as written. For type net, see host-interface.ts.
 */
import type { HostDeviceDefinition } from '../definition';
import { hostdevSourceVocabulary, hostdevVocabulary, otherHostdev } from './device-vocabulary';
import { keepManaged, parseUsbDevice } from './usb-device';
import { deviceSession, parsedDevice, rawDevice } from './parsed-device';
import type { ParsedDevice } from '../xml/unsupported';
import { sanitizePath } from '../filesystem/filesystem';
import { attributeLocation, definitionError } from '../xml/source-location';
import {
  childOf,
  readElement,
  readText,
  type LocatedElement,
  type ReadingSession,
} from '../xml/reading';
import { parseSourceLabels } from '../security/source-label';

/** The element in `<source>` that names the device. */
export const hostDeviceSources = { storage: 'block', misc: 'char' } as const;

const descriptions = { storage: 'storage device', misc: 'character device' };
const subsystemTypes = ['usb', 'pci', 'scsi', 'scsi_host', 'mdev'];

/** @throws DefinitionError XML_ERROR or INTERNAL_ERROR, as libvirt does, if something is missing or unknown. */
export function parseHostDevice(
  at: LocatedElement,
  session: ReadingSession,
): ParsedDevice<HostDeviceDefinition> {
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
  if (type === 'usb') {
    const own = deviceSession(session);
    return parsedDevice(at, { ...parseUsbDevice(at, own), position: at.position }, own);
  }
  if (type !== 'storage' && type !== 'misc') {
    const location = attributeLocation(at, 'type');
    return {
      raw: rawDevice(at, session),
      unsupported: [{ ...location, ...otherHostdev(type), value: type }],
    };
  }
  const own = deviceSession(session);
  const source = readSource(at, type, own);
  return parsedDevice(at, { type, ...source, position: at.position }, own);
}

function attributesOf({ element }: LocatedElement): { mode?: string; type?: string } {
  return Object.fromEntries(element.attributes.map(({ name, value }) => [name, value]));
}

function readSource(
  at: LocatedElement,
  type: keyof typeof hostDeviceSources,
  session: ReadingSession,
): Pick<HostDeviceDefinition, 'source' | 'sourceLabels'> {
  const device = readElement(at, hostdevVocabulary, session);
  keepManaged(device, device.attributes.get('managed'), session);
  const sourceAt = childOf(device, 'source');
  if (sourceAt === undefined) {
    throw definitionError('XML_ERROR', 'Missing <source> element in hostdev device', at);
  }
  const reading = readElement(sourceAt, hostdevSourceVocabulary, session);
  const name = hostDeviceSources[type];
  const source = readText(childOf(reading, name), session);
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
  return { source: sanitizePath(source), ...parseSourceLabels(reading, session) };
}
