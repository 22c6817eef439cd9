/**
 * `<disk>`: a block device of the host under another name in the container, or an image that is turned into one. An element with
 * any part that a start refuses is kept as a whole.
 */
import type { DiskBus, DiskDefinition, HostDisk, VolumeDisk } from '../../definition';
import {
  diskSourceVocabulary,
  diskTargetVocabulary,
  diskVocabulary,
  emptyDrive,
} from '../device-vocabulary';
import { busOfDisk } from './disk-bus';
import { parseDiskDriver } from './disk-driver';
import { parseVolumeSource } from '../volume-source';
import { deviceSession, parsedDevice, rawDevice } from '../parsed-device';
import type { ParsedDevice } from '../../xml/unsupported';
import { enumerated } from '../../xml/enumerated';
import { sanitizePath } from '../../filesystem/filesystem';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { keepRest } from '../../xml/raw';
import {
  childOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../../xml/reading';
import { parseSourceLabels } from '../../security/source-label';
import { emptyVocabulary, valuesOf } from '../../xml/vocabulary';

const wordsOf = (attribute: string) => Object.keys(valuesOf(diskVocabulary, attribute));
const types = ['block', 'file', 'volume'] as const;
type DiskType = (typeof types)[number];
const devices = ['disk', 'cdrom', 'floppy', 'lun'] as const;
/** Drives that may be empty. */
const drives: readonly string[] = ['cdrom', 'floppy'];
const buses: readonly DiskBus[] = [
  ...(['ide', 'fdc', 'scsi', 'virtio', 'xen', 'usb', 'uml', 'sata', 'sd', 'none'] as const),
];

/** The attribute of `<source>` that names the device, the image or the volume. */
export const diskSources = { block: 'dev', file: 'file', volume: 'volume' } as const;

/** All attributes of `<source>` that belong to the type. */
const sourceAttributes: Readonly<Record<DiskType, readonly string[]>> = {
  block: ['dev'],
  file: ['file'],
  volume: ['volume', 'pool'],
};

/**
 * @throws DefinitionError NO_SOURCE or NO_TARGET if one is missing, XML_ERROR for a value that libvirt
 * doesn't know, INTERNAL_ERROR for a target that is not the name of a disk.
 */
export function parseDisk(
  at: LocatedElement,
  session: ReadingSession,
): ParsedDevice<DiskDefinition> {
  const own = deviceSession(session);
  const reading = readElement(at, diskVocabulary, own);
  keepRest(reading, own);
  const asked = enumerated(reading, 'type', wordsOf('type')) ?? 'file';
  const device = enumerated(reading, 'device', devices) ?? 'disk';
  const type = types.find((one) => one === asked);
  if (type === undefined) return { raw: rawDevice(at, own), unsupported: own.unsupported };
  if (drives.includes(device) && nameOfSource(reading) === undefined) {
    own.unsupported.push({ path: at.path, position: at.position, ...emptyDrive });
    return { raw: rawDevice(at, own), unsupported: own.unsupported };
  }
  const target = readTarget(reading, own);
  const driver = parseDiskDriver(reading, type, own);
  const source = readSource(reading, { type, target: target.target }, own);
  for (const flag of ['readonly', 'shareable']) {
    const child = childOf(reading, flag);
    if (child !== undefined) readElement(child, emptyVocabulary, own);
  }
  const disk: DiskDefinition = {
    ...source,
    ...driver,
    ...(device === 'disk' ? {} : { device }),
    ...target,
    // As in libvirt, a cdrom is always read-only.
    readonly: device === 'cdrom' || reading.children.has('readonly'),
    shareable: reading.children.has('shareable'),
    position: at.position,
  };
  return parsedDevice(at, disk, own);
}

/** @throws DefinitionError XML_ERROR if two disks have the same target. */
export function checkDiskTargets(disks: readonly DiskDefinition[]): void {
  disks.forEach((disk, index) => {
    const { target, position } = disk;
    const first = disks.slice(0, index).find((other) => other.target === target);
    if (first === undefined) return;
    const detail = `target '${target}' duplicated for disk sources '${sourceOf(first)}' and '${sourceOf(disk)}'`;
    throw definitionError('XML_ERROR', detail, { path: 'domain/devices/disk', position });
  });
}

function readTarget(
  reading: Reading,
  session: ReadingSession,
): Pick<DiskDefinition, 'target' | 'bus'> {
  const at = childOf(reading, 'target');
  const targetReading = at && readElement(at, diskTargetVocabulary, session);
  const target = targetReading?.attributes.get('dev');
  if (targetReading === undefined || target === undefined) {
    throw definitionError('NO_TARGET', nameOfSource(reading) ?? '(no source)', at ?? reading.at);
  }
  keepRest(targetReading, session);
  const guessed = busOfDisk(target);
  if (guessed === undefined) {
    const detail = `Invalid harddisk device name: ${target}`;
    throw definitionError('INTERNAL_ERROR', detail, attributeLocation(targetReading.at, 'dev'));
  }
  const bus = enumerated(targetReading, 'bus', buses);
  return { target, bus: bus ?? guessed };
}

/** What the messages of libvirt call a source: a path, or the name of a volume. */
function sourceOf(disk: DiskDefinition): string {
  return disk.type === 'volume' ? disk.volume.volume : disk.source;
}

type DiskSource = (Pick<HostDisk, 'type' | 'source'> | Pick<VolumeDisk, 'type' | 'volume'>) &
  Pick<DiskDefinition, 'sourceLabels'>;

function readSource(
  reading: Reading,
  { type, target }: { readonly type: DiskType; readonly target: string },
  session: ReadingSession,
): DiskSource {
  const at = childOf(reading, 'source');
  const source = at?.element.attributes.find(({ name }) => name === diskSources[type])?.value;
  const volume = type === 'volume' ? parseVolumeSource(at) : undefined;
  if (at === undefined || source === undefined) {
    throw definitionError('NO_SOURCE', target, at ?? reading.at);
  }
  const own = deviceSession(session);
  const sourceReading = readElement(at, diskSourceVocabulary, own);
  // The attributes of the other types are known too; for this type they are not carried out.
  const names = sourceAttributes[type];
  const isOther = (path: string): boolean => !names.some((name) => path.endsWith(`/@${name}`));
  session.unsupported.push(...own.unsupported.filter(({ path }) => isOther(path)));
  const keptAttributes = sourceReading.keptAttributes.filter(({ name }) => !names.includes(name));
  keepRest({ ...sourceReading, keptAttributes }, session);
  const labels = parseSourceLabels(sourceReading, session);
  if (type !== 'volume') return { type, source: sanitizePath(source), ...labels };
  if (volume === undefined) throw definitionError('NO_SOURCE', target, at);
  return { type, volume, ...labels };
}

function nameOfSource(reading: Reading): string | undefined {
  const source = childOf(reading, 'source')?.element;
  const names: readonly string[] = Object.values(diskSources);
  return source?.attributes.find(({ name }) => names.includes(name))?.value;
}
