/** Who init is: `<inituser>` and `<initgroup>` in the container's own databases, and whether its id map has them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainDefinition, IdMap } from '../../domain/definition';
import { overlayOf, rootOf } from '../../domain/filesystem/lookup';
import { TslxcError } from '../../errors';
import { hostId } from '../../plan/process/id-map';
import type { Identity } from '../../plan/process/process';
import { resolveCommandUser, resolveIdentity } from './accounts';

/** @throws TslxcError INTERNAL_ERROR for a name that doesn't exist, CONFIG_UNSUPPORTED for an id that is not mapped. */
export async function initIdentity(definition: DomainDefinition): Promise<Identity> {
  const { os, idMap } = definition;
  const identity = await resolveIdentity(os, rootDirectories(definition));
  if (idMap === undefined) return identity;
  checkMapped(idMap.uids, identity.uid, 'inituser');
  for (const gid of [identity.gid, ...identity.groups]) checkMapped(idMap.gids, gid, 'initgroup');
  return identity;
}

/**
 * Who a command in the container runs as: `user`, or as init.
 *
 * @throws TslxcError INVALID_ARG for a name that doesn't exist or an id that is not mapped; as initIdentity without one.
 */
export async function commandIdentity(
  definition: DomainDefinition,
  user: string | undefined,
): Promise<Identity> {
  if (user === undefined) return initIdentity(definition);
  const identity = await resolveCommandUser(user, rootDirectories(definition));
  const { idMap } = definition;
  if (idMap === undefined) return identity;
  const { uid, gid, groups } = identity;
  const unmapped =
    hostId(idMap.uids, uid) === undefined
      ? uid
      : [gid, ...groups].find((id) => hostId(idMap.gids, id) === undefined);
  if (unmapped === undefined) return identity;
  throw new TslxcError('INVALID_ARG', `the id map of the container does not have ${unmapped}`, {
    step: 'resolve the user of the command',
  });
}

function checkMapped(ranges: IdMap['uids'], id: number, element: string): void {
  if (hostId(ranges, id) !== undefined) return;
  throw new TslxcError('CONFIG_UNSUPPORTED', `<idmap> does not map the id ${id} of <${element}>`, {
    step: 'resolve the user of init',
    element: `domain/os/${element}`,
  });
}

/** The directories on the host that make up the container's root, the upper one first; none for an image. */
function rootDirectories(definition: DomainDefinition): string[] {
  const root = rootOf(definition);
  if (root === undefined) return ['/'];
  if (root.type !== 'mount') return [];
  const overlay = overlayOf(definition, root);
  const layers = overlay === undefined ? [] : [join(overlay.upper, 'upper')];
  return [...layers.filter((path) => existsSync(path)), root.source];
}
