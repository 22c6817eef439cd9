/** `<driver>` of a `<disk>` of type file: how the image is turned into a block device. */
import type { DiskDefinition, DiskDriver } from '../../definition';
import {
  diskDriverVocabulary,
  formatOfLoop,
  missingFormat,
  otherCache,
  otherDiskDriver,
  otherDiskDriverName,
} from '../device-vocabulary';
import { deviceSession } from '../parsed-device';
import { keepRest, asStored } from '../../xml/raw';
import { childOf, readElement, type Reading, type ReadingSession } from '../../xml/reading';
import { attributeLocation, definitionError } from '../../xml/source-location';
import type { UnsupportedElement } from '../../xml/unsupported';
import { valuesOf } from '../../xml/vocabulary';

/** By libvirt's rule: without a name, a raw image gets a loop device, and any other image is served by qemu-nbd. */
export function servedBy({ name, format = 'raw' }: DiskDriver = {}):
  { readonly server: 'loop' } | { readonly server: 'nbd'; readonly format: string } {
  const server = name ?? (format === 'raw' ? 'loop' : 'nbd');
  return server === 'loop' ? { server } : { server, format };
}

/**
 * The driver as written, if any part of it is carried out. Parts that are not are added to `session`; for a disk that is not an
 * image, that is the whole element.
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
    session.kept.push({ path: disk.at.path, attributes: [], children: [asStored(at, session)] });
    return {};
  }
  keepRest(reading, session);
  const written = reading.attributes.get('name');
  const name = names.find((one) => one === written);
  session.unsupported.push(...refusalsOf(reading, own.unsupported));
  const driver = {
    ...(name === undefined ? {} : { name }),
    ...(format === undefined ? {} : { format }),
  };
  return Object.keys(driver).length === 0 ? {} : { driver };
}

const names = ['loop', 'nbd'] as const;

/** Attributes that depend on each other: if the driver is refused because of its name, nothing else matters. */
function refusalsOf(
  reading: Reading,
  unsupported: readonly UnsupportedElement[],
): UnsupportedElement[] {
  const { at, attributes, keptAttributes } = reading;
  const [written, format] = ['name', 'type'].map((one) => attributes.get(one));
  const name = names.find((one) => one === written);
  const but = (attribute: string) =>
    unsupported.filter(({ path }) => !path.endsWith(`/@${attribute}`));
  if (written !== undefined && name === undefined) {
    const refusal = { ...attributeLocation(at, 'name'), ...otherDiskDriverName(written) };
    return [...but('type'), { ...refusal, value: written }];
  }
  if (name === 'loop' && format !== undefined && format !== 'raw') {
    const refusal = { ...attributeLocation(at, 'type'), ...formatOfLoop(format) };
    return [...but('type'), { ...refusal, value: format }];
  }
  if (name === 'nbd' && format === undefined) {
    return [...unsupported, { ...attributeLocation(at, 'name'), ...missingFormat, value: name }];
  }
  // `default` is libvirt's own choice, which is no caching, and `none` is the same.
  const cache = keptAttributes.find((one) => one.name === 'cache')?.value ?? 'default';
  const { server } = servedBy({
    ...(name === undefined ? {} : { name }),
    ...(format === undefined ? {} : { format }),
  });
  if (server === 'loop' || cache === 'default' || cache === 'none') return [...unsupported];
  const refusal = { ...attributeLocation(at, 'cache'), ...otherCache(cache) };
  return [...but('cache'), { ...refusal, value: cache }];
}
