/** Which domains have a volume: as its pool's, or by its path, as a running domain does. */
import { overlayUppersOf } from '../../container/sources/overlay-upper';
import type { DomainDefinition } from '../../domain/definition';
import type { VolumeSource } from '../../domain/devices/volume-source';
import { overlayOf } from '../../domain/filesystem/lookup';
import { isWithin } from '../../domain/xml/path';
import { TslxcError } from '../../errors';
import { definitionsOf } from '../lookup/all-definitions';
import type { Session } from '../session/session';

export interface PlacedVolume extends VolumeSource {
  /** Absolute path on the host. */
  readonly path: string;
}

export interface VolumeUsers {
  /** The names of domains, sorted. */
  readonly of: (volume: PlacedVolume) => string[];
  /** Why the definitions of domains can't be read, each of which may have any of them. */
  readonly unread: readonly unknown[];
}

/** Reads all definitions once. */
export function readUsers(session: Session): VolumeUsers {
  const unread: unknown[] = [];
  const all = [...definitionsOf(session, (error) => unread.push(error))];
  return {
    of: (volume) => {
      const users = all.filter((definition) => hasVolume(definition, volume));
      return [...new Set(users.map(({ name }) => name))].sort();
    },
    unread,
  };
}

/** @throws TslxcError RESOURCE_BUSY, with the domain, if one has it; OPERATION_FAILED if one can't be read, which may have it. */
export function requireUnused({ of, unread }: VolumeUsers, volume: PlacedVolume): void {
  const [user] = of(volume);
  const what = `volume '${volume.volume}'`;
  if (user !== undefined) {
    throw new TslxcError('RESOURCE_BUSY', `${what} is in use by domain '${user}'`, {
      domain: user,
    });
  }
  if (unread.length === 0) return;
  const [failure] = unread;
  const why = failure instanceof Error ? failure.message : String(failure);
  const detail = `${what} may be in use by a domain whose definition can't be read: ${why}`;
  throw new TslxcError('OPERATION_FAILED', detail, { cause: failure });
}

function hasVolume(definition: DomainDefinition, { pool, volume, path }: PlacedVolume): boolean {
  const { disks, filesystems } = definition;
  const isNamed = [...disks, ...filesystems].some(
    (one) => one.type === 'volume' && one.volume.pool === pool && one.volume.volume === volume,
  );
  return isNamed || sourcesOf(definition).some((source) => isWithin(source, path));
}

/** What it has of the host. Sources of other kinds are no paths, and lie in no folder. */
function sourcesOf(definition: DomainDefinition): string[] {
  const { disks, filesystems } = definition;
  const sources = [...disks, ...filesystems].flatMap((one) =>
    'source' in one && typeof one.source === 'string' ? one.source : [],
  );
  const layers = filesystems.flatMap((one) => overlayOf(definition, one)?.lowers ?? []);
  const uppers = overlayUppersOf(definition).map(({ path }) => path);
  return [...sources, ...layers.map(({ dir }) => dir), ...uppers];
}
