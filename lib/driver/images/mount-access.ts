/** Which ids own what a container from an image is shown of the host. */
import { mayBeMapped } from '../../container/sources/private-root';
import type { DirectoryMount, MountSpec } from '../../domain/builder/spec';
import { isSame } from '../../domain/xml/path';
import type { ImageDomain } from '../../image/types';
import type { Session } from '../session/session';

/**
 * Directories of the host belong to the ids inside that own them on disk, as with docker: so that a program can write to what belongs to
 * root there. Not where another user of the host could then run a set-uid program that root inside has made, where the kernel has no
 * such mounts, nor where the caller says which ids it has, or has it in another layer.
 */
export async function withAccess(session: Session, domain: ImageDomain): Promise<ImageDomain> {
  const { mounts = [], idMap = 'auto' } = domain;
  if (idMap === 'host' || !mounts.some(isUnsaid)) return domain;
  using looks = session.lookers.looks({ within: session.startTimeout });
  const withModes: MountSpec[] = [];
  for (const mount of mounts) {
    const isMapped = isUnsaid(mount) && (await mayBeMapped(mount.source, looks));
    withModes.push(isMapped ? mappedAlone(mount) : mount);
  }
  return { ...domain, mounts: withModes };
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
