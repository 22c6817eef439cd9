/**
 * Which domains have a volume: as its pool's, or by a path that leads to it, into it or to a folder above it, whatever links are on the way.
 */
import { join } from 'node:path';
import { overlayUppersOf } from '../../container/sources/overlay-upper';
import type { DomainDefinition } from '../../domain/definition';
import type { VolumeSource } from '../../domain/devices/volume-source';
import { overlayOf } from '../../domain/filesystem/lookup';
import { isSame, isWithin } from '../../domain/xml/path';
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

const step = 'look for the users of volumes';

/** Reads all definitions once. `target`: the folder of the pool. A source that can't be looked up, or does not answer, is as a definition that can't be read. */
export async function readUsers(session: Session, target: string): Promise<VolumeUsers> {
  const unread: unknown[] = [];
  const definitions = [...definitionsOf(session, (error) => unread.push(error))];
  using looks = session.lookers.looks({ within: session.startTimeout });
  const realOf = async (path: string): Promise<string> =>
    (await looks.realPathIfThere(path, { step })) ?? path;
  const folder = await realOf(target);
  const all: Sources[] = [];
  for (const definition of definitions) {
    const sources = sourcesOf(definition);
    try {
      const real = await Promise.all(sources.map(realOf));
      all.push({ definition, paths: [...sources, ...real] });
    } catch (error) {
      unread.push(error);
      all.push({ definition, paths: sources });
    }
  }
  return {
    of: (volume) => {
      const paths = [volume.path, join(folder, volume.volume)];
      const users = all.filter(
        (one) => isNamedBy(one, volume) || paths.some((path) => isShownBy(one, path)),
      );
      return [...new Set(users.map(({ definition: { name } }) => name))].sort();
    },
    unread,
  };
}

/** What a domain has of the host. */
interface Sources {
  readonly definition: DomainDefinition;
  /** As they are written, and where they lead. */
  readonly paths: readonly string[];
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

function isNamedBy({ definition }: Sources, { pool, volume }: PlacedVolume): boolean {
  const { disks, filesystems } = definition;
  return [...disks, ...filesystems].some(
    (one) => one.type === 'volume' && one.volume.pool === pool && one.volume.volume === volume,
  );
}

/** A container that has the host's own root has all of it, and keeps no volume. */
function isShownBy({ paths }: Sources, volume: string): boolean {
  return paths.some(
    (path) => isWithin(path, volume) || (isWithin(volume, path) && !isSame(path, '/')),
  );
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
