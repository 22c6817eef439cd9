/** `<driver>` of a `<filesystem>`: raw images get a loop device, others are served by qemu-nbd. */
import type { UnsupportedElement } from '../xml/unsupported';
import { deviceSession } from '../devices/parsed-device';
import type { FileFilesystem, ImageDriver } from './definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { keepRest, asStored } from '../xml/raw';
import { childOf, readElement, type Reading, type ReadingSession } from '../xml/reading';
import { valuesOf } from '../xml/vocabulary';
import { filesystemDriverVocabulary, formatOfLoop, missingFormat, otherDriver } from './vocabulary';

/**
 * The driver as libvirt prints it; undefined without a type. Parts that are not carried out are added to `session`: the whole
 * element, if the filesystem is not an image.
 *
 * @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED for a type or format that libvirt doesn't know.
 */
export function parseDriver(
  filesystem: Reading,
  filesystemType: string,
  session: ReadingSession,
): FileFilesystem['driver'] {
  const at = childOf(filesystem, 'driver');
  if (at === undefined) return undefined;
  const own = deviceSession(session);
  const reading = readElement(at, filesystemDriverVocabulary, own);
  const type = reading.attributes.get('type');
  const format = reading.attributes.get('format');
  checkWords(reading);
  if (filesystemType !== 'file' && filesystemType !== 'volume') {
    const { path, position } = at;
    session.unsupported.push({ path, position, ...otherDriver });
    const children = [asStored(at, session)];
    session.kept.push({ path: filesystem.at.path, attributes: [], children });
    return undefined;
  }
  keepRest(reading, session);
  session.unsupported.push(...refusalsOf(reading, own.unsupported));
  return driverOf({ type, format });
}

interface Words {
  readonly type: string | undefined;
  readonly format: string | undefined;
}

/** The driver; undefined if it is refused, or has no type. */
function driverOf({ type, format }: Words): ImageDriver | undefined {
  if (type === 'nbd') return format === undefined ? undefined : { type, format };
  return type === 'loop' ? { type, ...(format === 'raw' ? { format } : {}) } : undefined;
}

/** @throws DefinitionError for a type or format that libvirt doesn't know. */
function checkWords({ at, attributes }: Reading): void {
  const isUnknown = (name: string, value: string | undefined): boolean =>
    value !== undefined && !Object.hasOwn(valuesOf(filesystemDriverVocabulary, name), value);
  const type = attributes.get('type');
  const format = attributes.get('format');
  if (isUnknown('type', type)) {
    const detail = `Invalid value for attribute 'type' in element 'driver': '${type ?? ''}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'type'));
  }
  if (isUnknown('format', format)) {
    const detail = `unknown driver format value '${format ?? ''}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'format'));
  }
}

/** Refusals that depend on both words: if the driver is refused because of its type, the format does not matter. */
function refusalsOf(
  { at, attributes }: Reading,
  unsupported: readonly UnsupportedElement[],
): UnsupportedElement[] {
  const type = attributes.get('type');
  const format = attributes.get('format');
  const others = unsupported.filter(({ path }) => !path.endsWith('/@format'));
  if (type === 'nbd') {
    if (format !== undefined) return [...unsupported];
    return [...others, { ...attributeLocation(at, 'type'), ...missingFormat, value: type }];
  }
  if ((type !== undefined && type !== 'loop') || format === undefined || format === 'raw') {
    return others;
  }
  const driver = type === undefined ? 'left out' : 'written';
  const refusal = { ...attributeLocation(at, 'format'), ...formatOfLoop(format, driver) };
  return [...others, { ...refusal, value: format }];
}
