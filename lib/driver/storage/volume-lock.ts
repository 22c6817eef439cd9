/**
 * Keeps volumes from being removed, or replaced, until the domain that is going to have them is on record. One lock for all volumes: they are
 * removed rarely.
 */
import type { DomainDefinition } from '../../domain/definition';
import { isThere } from '../../host/state/file-error';
import { takeHostLock } from '../../host/state/file-lock';
import type { StatePaths } from '../../host/state/state-paths';
import type { StartRecord } from '../../container/record/run-state';

const step = 'lock the volumes';

/** For whoever removes one. Waits for starts with volumes that are on their way. */
export function lockRemovals({ volumesLock: path }: StatePaths): Promise<Disposable> {
  return takeHostLock({ path, step });
}

/** For whoever makes a domain that has volumes. */
export function keepVolumes({ volumesLock: path }: StatePaths): Promise<Disposable> {
  return takeHostLock({ path, step }, 'shared');
}

/** The same for a definition that has anything of the host, which may be a volume; undefined for another, and where no volume was ever named. */
export async function keepVolumesOf(
  paths: StatePaths,
  { disks, filesystems }: Pick<DomainDefinition, 'disks' | 'filesystems'>,
): Promise<Disposable | undefined> {
  const all = [...disks, ...filesystems];
  const isNamed = all.some(({ type }) => type === 'volume');
  const mayBe = all.some(({ type }) => type === 'mount' || type === 'file' || type === 'block');
  return isNamed || (mayBe && isThere(paths.volumesLock)) ? await keepVolumes(paths) : undefined;
}

/**
 * The same between the end of a container and its restart, when no record has what it had. Undefined for one that has nothing of the
 * host, and where no volume was ever named.
 */
export async function keepVolumesOfEnded(
  paths: StatePaths,
  { xml }: StartRecord,
): Promise<Disposable | undefined> {
  const mayBe = /<filesystem type=['"](?:mount|file|block)['"]|<disk /.test(xml);
  return mayBe && isThere(paths.volumesLock) ? await keepVolumes(paths) : undefined;
}
