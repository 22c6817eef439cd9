/** `<driver>` of a `<filesystem>`: only raw images through a loop device are supported. */
import type { UnsupportedElement } from '../xml/unsupported';
import type { FileFilesystem } from './definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { childOf, readElement, type Reading } from '../xml/reading';
import { filesystemDriverVocabulary } from '../xml/vocabulary';

const driverTypes = ['path', 'handle', 'loop', 'nbd', 'ploop', 'mtp', 'virtiofs'];
const driverFormats =
  'raw dir bochs cloop dmg iso vpc vdi fat vhd ploop cow qcow qcow2 qed vmdk'.split(' ');

/**
 * The driver as libvirt prints it: undefined without a type. Adds what is not supported to `unsupported`: the whole
 * element, if the filesystem is not an image.
 *
 * @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED for a type or format that libvirt doesn't know.
 */
export function parseDriver(
  filesystem: Reading,
  filesystemType: string,
  unsupported: UnsupportedElement[],
): FileFilesystem['driver'] {
  const at = childOf(filesystem, 'driver');
  if (at === undefined) return undefined;
  const unsupportedInDriver: UnsupportedElement[] = [];
  const { attributes } = readElement(at, filesystemDriverVocabulary, unsupportedInDriver);
  const type = attributes.get('type');
  const format = attributes.get('format');
  if (type !== undefined && !driverTypes.includes(type)) {
    const detail = `Invalid value for attribute 'type' in element 'driver': '${type}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'type'));
  }
  if (format !== undefined && !driverFormats.includes(format)) {
    const detail = `unknown driver format value '${format}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'format'));
  }
  if (filesystemType !== 'file') {
    unsupported.push({ path: at.path, position: at.position });
    return undefined;
  }
  unsupported.push(...unsupportedInDriver);
  if (type !== undefined && type !== 'loop') {
    // For all types but a network block device, libvirt has this message.
    const words = type === 'nbd' ? {} : { words: `fs driver ${type} is not supported` };
    unsupported.push({ ...attributeLocation(at, 'type'), value: type, ...words });
  } else if (format !== undefined && format !== 'raw') {
    const words = type === 'loop' ? { words: `fs format ${format} is not supported` } : {};
    unsupported.push({ ...attributeLocation(at, 'format'), value: format, ...words });
  }
  return type === 'loop' ? { type, ...(format === 'raw' ? { format } : {}) } : undefined;
}
