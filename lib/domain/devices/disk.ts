/**
 * `<disk>`: a block device of the host under another name in the container. Only type block is supported; an element
 * with anything unsupported is kept as a whole.
 */
import type { DiskBus, DiskDefinition } from '../definition';
import type { UnsupportedElement } from '../xml/unsupported';
import { diskSourceVocabulary, diskTargetVocabulary, diskVocabulary } from './device-vocabulary';
import type { ParsedDevice } from '../xml/unsupported';
import { enumerated } from '../xml/enumerated';
import { sanitizePath } from '../filesystem/filesystem';
import { attributeLocation, definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import { childOf, readElement, type LocatedElement, type Reading } from '../xml/reading';
import { parseSourceLabels } from '../security/source-label';
import { emptyVocabulary } from '../xml/vocabulary';

const types = ['none', 'block', 'file', 'dir', 'network', 'volume', 'nvme', 'vhostuser'];
const devices = ['disk', 'cdrom', 'floppy', 'lun'];
const buses: readonly DiskBus[] = [
  ...(['ide', 'fdc', 'scsi', 'virtio', 'xen', 'usb', 'uml', 'sata', 'sd', 'none'] as const),
];

/** The bus that libvirt derives from a disk's name. */
const busOfPrefix: ReadonlyMap<string, DiskBus> = new Map([
  ['sd', 'scsi'],
  ['hd', 'ide'],
  ['vd', 'virtio'],
  ['xvd', 'xen'],
  ['ubd', 'uml'],
]);

/**
 * @throws DefinitionError NO_SOURCE or NO_TARGET if one is missing, XML_ERROR for a value that libvirt
 * doesn't know, INTERNAL_ERROR for a target that is not the name of a disk.
 */
export function parseDisk(at: LocatedElement): ParsedDevice<DiskDefinition> {
  const unsupported: UnsupportedElement[] = [];
  const reading = readElement(at, diskVocabulary, unsupported);
  const type = enumerated(reading, 'type', types) ?? 'file';
  const device = enumerated(reading, 'device', devices) ?? 'disk';
  if (type !== 'block' || device !== 'disk') {
    const attribute = type === 'block' ? 'device' : 'type';
    const value = type === 'block' ? device : type;
    const isWritten = reading.attributes.has(attribute);
    const location = isWritten ? attributeLocation(at, attribute) : at;
    unsupported.push({
      path: location.path,
      position: at.position,
      ...(isWritten ? { value } : {}),
    });
    return { raw: standalone(at, ['alias', 'address']), unsupported };
  }
  const target = readTarget(reading, unsupported);
  const source = readSource(reading, target.target, unsupported);
  for (const flag of ['readonly', 'shareable']) {
    const child = childOf(reading, flag);
    if (child !== undefined) readElement(child, emptyVocabulary, unsupported);
  }
  if (unsupported.length > 0) return { raw: standalone(at, ['alias', 'address']), unsupported };
  return {
    supported: {
      ...target,
      ...source,
      readonly: reading.children.has('readonly'),
      shareable: reading.children.has('shareable'),
      position: at.position,
    },
  };
}

/** @throws DefinitionError XML_ERROR if two disks have the same target. */
export function checkDiskTargets(disks: readonly DiskDefinition[]): void {
  disks.forEach(({ source, target, position }, index) => {
    const first = disks.slice(0, index).find((other) => other.target === target);
    if (first === undefined) return;
    const detail = `target '${target}' duplicated for disk sources '${first.source}' and '${source}'`;
    throw definitionError('XML_ERROR', detail, { path: 'domain/devices/disk', position });
  });
}

function readTarget(
  reading: Reading,
  unsupported: UnsupportedElement[],
): Pick<DiskDefinition, 'target' | 'bus'> {
  const at = childOf(reading, 'target');
  const targetReading = at && readElement(at, diskTargetVocabulary, unsupported);
  const target = targetReading?.attributes.get('dev');
  if (targetReading === undefined || target === undefined) {
    throw definitionError('NO_TARGET', nameOfSource(reading) ?? '(no source)', at ?? reading.at);
  }
  const [, prefix = ''] = /^(sd|hd|vd|xvd|ubd)[a-z]+\d*$/.exec(target) ?? [];
  const guessed = busOfPrefix.get(prefix);
  if (guessed === undefined) {
    const detail = `Invalid harddisk device name: ${target}`;
    throw definitionError('INTERNAL_ERROR', detail, attributeLocation(targetReading.at, 'dev'));
  }
  const bus = enumerated(targetReading, 'bus', buses);
  return { target, bus: bus ?? guessed };
}

function readSource(
  reading: Reading,
  target: string,
  unsupported: UnsupportedElement[],
): Pick<DiskDefinition, 'source' | 'sourceLabels'> {
  const at = childOf(reading, 'source');
  const sourceReading = at && readElement(at, diskSourceVocabulary, unsupported);
  const source = sourceReading?.attributes.get('dev');
  if (source === undefined) throw definitionError('NO_SOURCE', target, at ?? reading.at);
  return { source: sanitizePath(source), ...parseSourceLabels(sourceReading, unsupported) };
}

function nameOfSource(reading: Reading): string | undefined {
  const source = childOf(reading, 'source')?.element;
  return source?.attributes.find(({ name }) => name === 'dev')?.value;
}
