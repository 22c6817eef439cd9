/** Which ids own what a container from an image is shown of the host. */
import { join } from 'node:path';
import { mayBeMapped, mayBeMappedOnceMade } from '../../container/sources/private-root';
import type { Looks } from '../../container/looks/looks';
import type { DirectoryMount, MountSpec, VolumeMount } from '../../domain/builder/spec';
import { isSame } from '../../domain/xml/path';
import { TslxcError } from '../../errors';
import type { ImageDomain } from '../../image/types';
import type { Session } from '../session/session';
import { folderOfVolumes } from '../volumes/pool';
import { checkVolumeName } from '../volumes/verbs';
import { isNamed } from './named-volumes';

/**
 * Directories of the host and named volumes belong to the ids inside that own them on disk, as with docker: so that a program can write to what belongs to
 * root there. Not where another user of the host could then run a set-uid program that root inside has made, where the kernel has no
 * such mounts, nor where the caller says which ids it has, or has it in another layer.
 *
 * @throws TslxcError INVALID_ARG for what can't be the name of a volume; CONFIG_UNSUPPORTED for a named volume that can't be shown so.
 */
export async function withAccess(session: Session, domain: ImageDomain): Promise<ImageDomain> {
  const { mounts = [], idMap = 'auto' } = domain;
  for (const { volume } of mounts.filter(isNamed)) checkVolumeName(volume);
  if (idMap === 'host' || !mounts.some((one) => isUnsaid(one) || isUnsaidVolume(one)))
    return domain;
  using looks = session.lookers.looks({ within: session.startTimeout });
  const withModes: MountSpec[] = [];
  for (const mount of mounts) withModes.push(await withMode(session, mount, looks));
  return { ...domain, mounts: withModes };
}

async function withMode(session: Session, mount: MountSpec, looks: Looks): Promise<MountSpec> {
  if (isUnsaid(mount)) return (await mayBeMapped(mount.source, looks)) ? mappedAlone(mount) : mount;
  if (!isUnsaidVolume(mount)) return mount;
  const folder = folderOfVolumes(session);
  // The volumes of a group are images, whose files nobody reaches by a path.
  if (folder === undefined) return mount;
  if (!(await mayBeMappedOnceMade(join(folder, mount.volume), looks)))
    throw unmapped(mount, folder);
  return { ...mount, accessMode: 'mapped' };
}

/** Unlike a directory of the host, a volume is there to be written to. */
function unmapped({ volume }: VolumeMount, folder: string): TslxcError {
  const detail =
    `volume '${volume}' can't be shown with its owners, so that the container could not write to it: '${folder}' has to be a folder ` +
    'that only root can search (chmod 0700), on ext4, XFS, btrfs or F2FS, and nothing may be mounted in the volume; ' +
    "or give the container the ids of the host (--ids host, or idMap: 'host')";
  return new TslxcError('CONFIG_UNSUPPORTED', detail, { path: join(folder, volume) });
}

/** Without what may be mounted below it later: it may be reached elsewhere. */
function mappedAlone(mount: DirectoryMount): DirectoryMount {
  return { ...mount, accessMode: 'mapped', recursive: undefined };
}

function isUnsaid(mount: MountSpec): mount is DirectoryMount {
  if (mount.type !== undefined && mount.type !== 'mount') return false;
  const { accessMode, overlay, source } = mount;
  return accessMode === undefined && overlay === undefined && !isSame(source, '/');
}

function isUnsaidVolume(mount: MountSpec): mount is VolumeMount {
  return isNamed(mount) && mount.accessMode === undefined;
}
