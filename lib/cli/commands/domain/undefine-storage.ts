/** The storage volumes that `undefine` removes with a domain: those of its disks that a storage pool has, in virsh's words. */
import { TslxcError } from '../../../errors';
import { attributesOf, devicesOf } from '../../options/domain-devices';
import { CommandError, errorLines } from '../../shell/command-error';
import type { Connection, Domain, StorageVolume } from '../../../index';
import type { XmlElement } from '../../../domain/xml/element';
import type { Option, Options } from '../../shell/arguments';
import type { Output } from '../../output/output';

export const storageOptions: readonly Option[] = [
  {
    name: 'storage',
    kind: 'string',
    help: 'remove associated storage volumes (comma separated list of targets or source paths)',
    positional: 'undocumented',
    mayBeEmpty: true,
  },
  {
    name: 'remove-all-storage',
    kind: 'flag',
    help: 'remove all associated storage volumes (use with caution)',
  },
  { name: 'wipe-storage', kind: 'flag', help: 'wipe data on the removed volumes' },
  {
    name: 'delete-storage-volume-snapshots',
    kind: 'flag',
    help: 'accepted with --remove-all-storage: what snapshots a volume has are in its file',
  },
];

/** A volume that is to be removed, and how the definition calls it. */
interface Associated {
  readonly volume: StorageVolume;
  readonly target: string;
  readonly source: string;
}

/** A disk of the definition. */
interface Disk {
  readonly target: string;
  readonly source: string;
  readonly pool: string | undefined;
}

/** @throws CommandError for options that don't go together. */
export function checkStorageOptions(options: Options): void {
  if (options.has('delete-storage-volume-snapshots') && !options.has('remove-all-storage')) {
    throw new CommandError(
      'Option --remove-all-storage is required by option --delete-storage-volume-snapshots',
    );
  }
  if (options.has('wipe-storage') && !isAsked(options)) {
    throw new CommandError(
      "'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'",
    );
  }
}

function isAsked(options: Options): boolean {
  return namesOf(options) !== undefined || options.has('remove-all-storage');
}

/** As in virsh, an empty list is none. */
function namesOf(options: Options): readonly string[] | undefined {
  const text = options.string('storage') ?? '';
  return text === '' ? undefined : text.split(',');
}

/**
 * The volumes that the options ask to remove; of a disk that no pool has it is said that it stays.
 *
 * @throws CommandError if the domain runs, for a volume that is not in its definition, and if it can't be told whether a pool has one:
 * nothing has been removed then.
 */
export async function associatedVolumes(
  { connection, domain, output }: StorageOf,
  options: Options,
): Promise<Associated[]> {
  if (!isAsked(options)) return [];
  if (domain.id !== undefined) {
    throw new CommandError('Storage volume deletion is supported only on stopped domains');
  }
  const names = namesOf(options);
  if (names !== undefined && options.has('remove-all-storage')) {
    throw new CommandError('Specified both --storage and --remove-all-storage');
  }
  const disks = (await devicesOf(domain, 'disk', undefined)).flatMap(diskOf);
  const found: Associated[] = [];
  for (const disk of wanted(disks, names)) {
    const volume = await lookUp(connection, disk, output);
    if (volume !== undefined) found.push({ ...disk, volume });
  }
  refuseMissing(disks, names ?? [], output);
  return found;
}

interface StorageOf {
  readonly connection: Connection;
  readonly domain: Domain;
  readonly output: Output;
}

function diskOf(element: XmlElement): Disk[] {
  const [source] = attributesOf(element, 'source', ['file', 'dir', 'name', 'dev', 'volume']);
  const [target = ''] = attributesOf(element, 'target', ['dev']);
  if (source === undefined) return [];
  const [pool] = attributesOf(element, 'source', ['pool']);
  return [{ target, source, pool }];
}

function isNamed({ target, source }: Disk, name: string): boolean {
  return name === target || name === source;
}

function wanted(disks: readonly Disk[], names: readonly string[] | undefined): readonly Disk[] {
  if (names === undefined) return disks;
  return disks.filter((disk) => names.some((name) => isNamed(disk, name)));
}

/** @throws CommandError for a name that no disk has. */
function refuseMissing(disks: readonly Disk[], names: readonly string[], output: Output): void {
  const missing = names.filter((name) => !disks.some((disk) => isNamed(disk, name)));
  const lines = missing.map((name) => `Volume '${name}' was not found in domain's definition.`);
  const last = lines.pop();
  for (const line of lines) output.error(line);
  if (last !== undefined) throw new CommandError(last);
}

/**
 * The volume; undefined, with what virsh says, if there is no such pool or volume, or the pool is not active.
 *
 * @throws CommandError if that can't be told: its file may be a volume all the same.
 */
async function lookUp(
  connection: Connection,
  disk: Disk,
  output: Output,
): Promise<StorageVolume | undefined> {
  const { target, source } = disk;
  try {
    return await volumeOf(connection, disk);
  } catch (cause) {
    const missing = missingWords(disk, cause);
    if (missing === undefined) {
      const detail = `Failed to look for storage volume '${target}'(${source}), so nothing is removed`;
      throw new CommandError(detail, { cause });
    }
    output.error(missing);
    return undefined;
  }
}

async function volumeOf(connection: Connection, { source, pool }: Disk): Promise<StorageVolume> {
  if (pool === undefined) return connection.lookupStorageVolumeByPath(source);
  const holder = await connection.lookupStoragePoolByName(pool);
  try {
    return await holder.lookupVolume(source);
  } catch (error) {
    // A pool that is off because its definition can't be read may have it.
    if (TslxcError.is(error, 'OPERATION_INVALID')) await holder.xml();
    throw error;
  }
}

/** What virsh says of a disk whose volume is not there; undefined for an error that does not say so. */
function missingWords({ target, source, pool }: Disk, error: unknown): string | undefined {
  if (TslxcError.is(error, 'NO_STORAGE_POOL')) {
    return `Storage pool '${pool ?? ''}' for volume '${target}' not found.`;
  }
  if (!TslxcError.is(error, 'NO_STORAGE_VOL') && !TslxcError.is(error, 'OPERATION_INVALID')) {
    return undefined;
  }
  return `Storage volume '${target}'(${source}) is not managed by libvirt. Remove it manually.`;
}

/** Removes them, and goes on after one that can't be removed. Resolves to the exit status. */
export async function removeVolumes(
  volumes: readonly Associated[],
  options: Options,
  output: Output,
): Promise<number | undefined> {
  let status: number | undefined;
  for (const { volume, target, source } of volumes) {
    let failed = `Failed to remove storage volume '${target}'(${source})`;
    try {
      if (options.has('wipe-storage')) {
        failed = 'Failed! Volume not removed.';
        if (output.verbosity === 'normal') {
          output.text(`Wiping volume '${target}'(${source}) ... `);
        }
        await volume.wipe();
        output.extra('Done.');
        failed = `Failed to remove storage volume '${target}'(${source})`;
      }
      await volume.delete();
      output.extra(`Volume '${target}'(${source}) removed.`);
    } catch (cause) {
      for (const line of errorLines(new CommandError(failed, { cause }))) output.error(line);
      status = 1;
    }
  }
  return status;
}
