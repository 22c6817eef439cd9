/** Volumes as sources of disks and file systems: what each is on the host takes its place, as a start and an attachment need it. */
import type {
  DiskDefinition,
  DomainDefinition,
  HostDisk,
  VolumeDisk,
} from '../../domain/definition';
import { servedBy } from '../../domain/devices/disk/disk-driver';
import { unsupportedIn } from '../../domain/filesystem/without-effect';
import type { VolumeSource } from '../../domain/devices/volume-source';
import type { FilesystemDefinition, VolumeFilesystem } from '../../domain/filesystem/definition';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import type { FoundVolume } from '../../storage/volume/volume';
import type { Session } from '../session/session';
import { startAutostartPools } from './autostart';
import { definitionOf, describePool } from './lookup';
import { findVolume } from './volumes';

const lookStep = 'look up a storage volume';

/** `preview`: pools that are due are not started for it. */
export type Intent = 'start' | 'preview';

/**
 * The definition with files, folders and block devices of the host in place of the volumes; itself, if it has none.
 *
 * @throws DefinitionError with the place of the element: NO_STORAGE_POOL, NO_STORAGE_VOL; CONFIG_UNSUPPORTED, as in libvirt, when the
 * pool is not active, and for a volume that can't be such a device; SyscallError if the volume can't be looked at; TslxcError
 * OPERATION_TIMEOUT if the folder of the pool does not answer in time.
 */
export async function withVolumes(
  session: Session,
  definition: DomainDefinition,
  intent: Intent,
): Promise<DomainDefinition> {
  const { disks, filesystems } = definition;
  const isVolume = ({ type }: { readonly type: string }): boolean => type === 'volume';
  if (!disks.some(isVolume) && !filesystems.some(isVolume)) return definition;
  if (intent === 'start') await startAutostartPools(session);
  const next = {
    ...definition,
    disks: await Promise.all(disks.map((disk) => withDisk(session, disk))),
    filesystems: await Promise.all(filesystems.map((one) => withFilesystem(session, one))),
  };
  return { ...next, unsupported: unsupportedIn(next, definition) };
}

async function withDisk(session: Session, disk: DiskDefinition): Promise<HostDisk> {
  if (disk.type !== 'volume') return disk;
  const place = { path: 'domain/devices/disk', position: disk.position };
  const found = await lookUp(session, disk.volume, place);
  return hostDisk(disk, found, place);
}

function hostDisk(disk: VolumeDisk, { type, path }: FoundVolume, place: SourceLocation): HostDisk {
  const { type: _asked, volume, driver, ...common } = disk;
  switch (type) {
    case 'file':
      return { ...common, type, source: path, ...(driver === undefined ? {} : { driver }) };
    case 'block':
      if (servedBy(driver).server === 'nbd') throw noImage(volume, place);
      return { ...common, type, source: path };
    case 'dir':
      throw refused(`${wordsOf(volume)} is a folder, and no block device can be made of it`, place);
  }
}

async function withFilesystem(
  session: Session,
  filesystem: FilesystemDefinition,
): Promise<FilesystemDefinition> {
  if (filesystem.type !== 'volume') return filesystem;
  const place = { path: 'domain/devices/filesystem', position: filesystem.position };
  const found = await lookUp(session, filesystem.volume, place);
  return hostFilesystem(filesystem, found, place);
}

function hostFilesystem(
  filesystem: VolumeFilesystem,
  { type, path }: FoundVolume,
  place: SourceLocation,
): FilesystemDefinition {
  const { type: _asked, volume, driver, ...common } = filesystem;
  switch (type) {
    case 'file':
      return { ...common, type, source: path, ...(driver === undefined ? {} : { driver }) };
    case 'block':
      if (driver?.type === 'nbd') throw noImage(volume, place);
      return { ...common, type, source: path };
    case 'dir':
      if (driver === undefined) return { ...common, type: 'mount', source: path };
      throw refused(`${wordsOf(volume)} is a folder, and a <driver> is for images`, place);
  }
}

/** In the words of libvirt's drivers that have such disks. */
async function lookUp(
  session: Session,
  { pool: name, volume }: VolumeSource,
  place: SourceLocation,
): Promise<FoundVolume> {
  const pool = describePool(session, name);
  if (pool === undefined) {
    const detail = `no storage pool with matching name '${name}'`;
    throw definitionError('NO_STORAGE_POOL', detail, place);
  }
  if (pool.state.phase !== 'active') {
    const detail = `storage pool '${name}' containing volume '${volume}' is not active`;
    throw refused(`${detail}: tslxc pool-start ${name}`, place);
  }
  // What has been looked at answers: the pool may be on a file system that no longer does.
  using looks = session.lookers.looks({ within: session.startTimeout });
  await looks.stateIfThere(definitionOf(session, pool).target, { step: lookStep, place });
  try {
    return await findVolume(session, { pool, name: volume });
  } catch (error) {
    if (!TslxcError.is(error, 'NO_STORAGE_VOL')) throw error;
    const detail = `no storage vol with matching name '${volume}' in pool '${name}'`;
    throw definitionError('NO_STORAGE_VOL', detail, place);
  }
}

function noImage(volume: VolumeSource, place: SourceLocation): TslxcError {
  return refused(`${wordsOf(volume)} is a block device, and its <driver> is for images`, place);
}

function wordsOf({ pool, volume }: VolumeSource): string {
  return `volume '${volume}' of pool '${pool}'`;
}

function refused(detail: string, place: SourceLocation): TslxcError {
  return definitionError('CONFIG_UNSUPPORTED', detail, place);
}
