/**
 * The user and groups of init: `<inituser>` and `<initgroup>` in the container's own databases, and whether its id map
 * has them.
 */
import { join } from 'node:path';
import type { DomainDefinition, IdMap } from '../../domain/definition';
import { overlayOf, rootOf } from '../../domain/filesystem/lookup';
import { wayBack } from '../../domain/namespaces/level';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { TslxcError } from '../../errors';
import { hostId } from '../../plan/process/id-map';
import type { Identity } from '../../plan/process/process';
import type { Looks } from '../looks/looks';
import type { AccountRoots } from './account-lines';
import { resolveCommandUser, resolveIdentity } from './accounts';

/** @throws TslxcError INTERNAL_ERROR for a name that doesn't exist, CONFIG_UNSUPPORTED for an id that is not mapped. */
export async function initIdentity(definition: DomainDefinition, looks: Looks): Promise<Identity> {
  const { os, idMap } = definition;
  const identity = await resolveIdentity(os, await accountRoots(definition, looks));
  if (idMap === undefined) return identity;
  checkMapped(definition, idMap.uids, { id: identity.uid, element: 'inituser' });
  for (const id of [identity.gid, ...identity.groups]) {
    checkMapped(definition, idMap.gids, { id, element: 'initgroup' });
  }
  return identity;
}

/**
 * The user and groups that a command in the container runs with: those of `user`, or init's.
 *
 * @throws TslxcError INVALID_ARG for a name that doesn't exist or an id that is not mapped; as initIdentity without one.
 */
export async function commandIdentity(
  definition: DomainDefinition,
  user: string | undefined,
  looks: Looks,
): Promise<Identity> {
  if (user === undefined) return await initIdentity(definition, looks);
  const identity = await resolveCommandUser(user, await accountRoots(definition, looks));
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

function checkMapped(
  definition: DomainDefinition,
  ranges: IdMap['uids'],
  { id, element }: { readonly id: number; readonly element: 'inituser' | 'initgroup' },
): void {
  if (hostId(ranges, id) !== undefined) return;
  const detail = `<idmap> does not map the id ${id} of <${element}>${wayBack(definition)}`;
  throw new TslxcError('CONFIG_UNSUPPORTED', detail, {
    step: 'resolve the user of init',
    element: `domain/os/${element}`,
  });
}

async function accountRoots(definition: DomainDefinition, looks: Looks): Promise<AccountRoots> {
  const root = rootOf(definition);
  const step = 'look for users and groups in the root of the container';
  if (root === undefined) return { folders: ['/'], looks, what: { step } };
  const what = { step, place: filesystemLocation(root, 'source') };
  if (root.type !== 'mount') return { folders: [], looks, what };
  const overlay = overlayOf(definition, root);
  if (overlay === undefined) return { folders: [root.source], looks, what };
  const upper = join(overlay.upper, 'upper');
  const isThere = (await looks.stateIfThere(upper, what)) !== undefined;
  const lowers = (overlay.lowers ?? []).map(({ dir }) => dir);
  return { folders: [...(isThere ? [upper] : []), root.source, ...lowers], looks, what };
}
