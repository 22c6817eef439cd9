/** The named volumes of a container from an image: one that is missing is made, with what the image has at its place. */
import { join } from 'node:path';
import { usualPool } from '../../domain/devices/volume-source';
import type { MountSpec, VolumeMount } from '../../domain/builder/spec';
import { isThere } from '../../host/state/file-error';
import type { ImagePaths } from '../../image/store/image-paths';
import { ImageTree } from '../../image/image-tree';
import type { ImageDomain, ImageInfo } from '../../image/types';
import { granted, throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import { keepVolumes } from '../storage/volume-lock';
import { makeVolume } from '../volumes/making';
import { preparedPool } from '../volumes/pool';

/** Whether the mount is a volume by its name alone. */
export function isNamed(mount: MountSpec): mount is VolumeMount {
  return mount.type === 'volume' && (mount.pool ?? usualPool) === usualPool;
}

export interface Wanted {
  readonly image: ImageInfo;
  readonly domain: ImageDomain;
  readonly paths: ImagePaths;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes those that are missing. Until what it resolves to is disposed of, none of them is removed. Undefined if the domain has none.
 *
 * @throws as `preparedPool` and `makeVolume`.
 */
export async function withNamedVolumes(
  session: Session,
  wanted: Wanted,
): Promise<Disposable | undefined> {
  const { domain, signal } = wanted;
  const mounts = (domain.mounts ?? []).filter(isNamed);
  if (mounts.length === 0) return undefined;
  for (;;) {
    throwIfAborted(signal);
    const { definition } = await makeAll(session, mounts, wanted);
    const kept = await granted(keepVolumes(session.paths), signal);
    // Another caller may have removed one before they were kept.
    if (mounts.every(({ volume }) => isThere(join(definition.target, volume)))) return kept;
    kept[Symbol.dispose]();
  }
}

async function makeAll(
  session: Session,
  mounts: readonly VolumeMount[],
  { image, paths, signal }: Wanted,
) {
  const pool = await preparedPool(session);
  using tree = new ImageTree([...image.layers, join(paths.empty, 'root')]);
  for (const { volume: name, target: path } of mounts) {
    const contents = { path, open: () => tree.openDirectory(path) };
    await makeVolume(session, pool, { name, contents, signal });
  }
  return pool;
}
