/** `<driver>` of a `<disk>` of type file: what makes a block device of the image. */
import type { DiskDefinition } from '../definition';
import { diskDriverVocabulary, otherDiskDriver, otherDiskDriverName } from './device-vocabulary';
import { deviceSession } from './parsed-device';
import { keepRest, standalone } from '../xml/raw';
import { childOf, readElement, type Reading, type ReadingSession } from '../xml/reading';
import { attributeLocation, definitionError } from '../xml/source-location';
import type { UnsupportedElement } from '../xml/unsupported';
import { valuesOf } from '../xml/vocabulary';

/**
 * The driver as it is written, if it says anything that is carried out. Adds what is not to `session`: the whole element, of a
 * disk that is no image.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a format that libvirt doesn't know.
 */
export function parseDiskDriver(
  disk: Reading,
  type: DiskDefinition['type'],
  session: ReadingSession,
): Pick<DiskDefinition, 'driver'> {
  const at = childOf(disk, 'driver');
  if (at === undefined) return {};
  const own = deviceSession(session);
  const reading = readElement(at, diskDriverVocabulary, own);
  const format = reading.attributes.get('type');
  if (format !== undefined && !Object.hasOwn(valuesOf(diskDriverVocabulary, 'type'), format)) {
    const detail = `unknown driver format value '${format}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
  }
  if (type === 'block') {
    session.unsupported.push({ path: at.path, position: at.position, ...otherDiskDriver });
    session.kept.push({ path: disk.at.path, attributes: [], children: [standalone(at)] });
    return {};
  }
  keepRest(reading, session);
  const name = reading.attributes.get('name');
  session.unsupported.push(...refusalsOf(reading, own.unsupported));
  const driver = {
    ...(name === 'loop' ? { name: 'loop' as const } : {}),
    ...(format === 'raw' ? { format: 'raw' as const } : {}),
  };
  return Object.keys(driver).length === 0 ? {} : { driver };
}

/** Of a driver that is refused by its name, the format does not matter. libvirt has words for what a loop device can't read. */
function refusalsOf(
  { at, attributes }: Reading,
  unsupported: readonly UnsupportedElement[],
): UnsupportedElement[] {
  const name = attributes.get('name');
  const isFormat = ({ path }: UnsupportedElement): boolean => path.endsWith('/@type');
  if (name !== undefined && name !== 'loop') {
    const location = attributeLocation(at, 'name');
    const refusal = { ...location, ...otherDiskDriverName(name), value: name };
    return [...unsupported.filter((one) => !isFormat(one)), refusal];
  }
  const words = `disk format ${attributes.get('type') ?? ''} is not supported`;
  return unsupported.map((one) => (isFormat(one) && name === 'loop' ? { ...one, words } : one));
}
