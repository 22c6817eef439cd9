/** The trees of a domain on this host: which directory of each is copied, and where copies are kept. */
import { dirname, join } from 'node:path';
import { isMountPoint } from '../../container/trees/trees';
import type { Looks } from '../../container/looks/looks';
import type { DomainDefinition } from '../../domain/definition';
import { overlayOf } from '../../domain/filesystem/lookup';
import { ownTrees, type OwnTree } from '../../domain/filesystem/own-trees';
import { isEither, isSame, withoutDots } from '../../domain/xml/path';
import { definitionError } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { runningDefinition } from '../definitions/definitions';
import { storedDefinition } from '../definitions/domain-change';
import type { SettledState } from '../session/containers';
import { standingStarts } from '../lookup/readable-state';
import type { Session } from '../session/session';

export interface LiveTree extends OwnTree {
  /** The tree's path without symbolic links; for a layer, its folder. */
  readonly folder: string;
  /** The directory that is copied. */
  readonly source: string;
  /** The folder of its snapshots, on the same file system: in a layer's folder, or beside the directory. */
  readonly kept: string;
}

/** The folder in a layer's folder that has its snapshots. */
export function snapshotsOfLayer(folder: string): string {
  return join(folder, 'snapshots');
}

/** The definition that is kept, or copied, with the trees. @throws TslxcError OPERATION_INVALID for a transient domain; NO_DOMAIN. */
export function definitionToKeep(session: Session, identity: Identity): DomainDefinition {
  const remedy =
    ', which a snapshot and a clone have with the files: define what dumpxml --inactive prints, and it is persistent, also while it runs';
  return storedDefinition(session, identity, remedy);
}

const lookStep = 'look at the trees of a domain';

/**
 * All trees that are a domain's own.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED as `ownTrees`, and for a tree that is not there or is a mount point; TslxcError
 * OPERATION_TIMEOUT and OPERATION_ABORTED as Looks.
 */
export async function liveTrees(definition: DomainDefinition, looks: Looks): Promise<LiveTree[]> {
  const trees: LiveTree[] = [];
  for (const tree of ownTrees(definition)) trees.push(await locate(tree, looks));
  return trees;
}

async function locate(tree: OwnTree, looks: Looks): Promise<LiveTree> {
  const what = { step: lookStep, place: tree.place };
  if (tree.kind === 'layer') {
    // It may not exist yet: the first start makes it, or the first claim.
    const folder = (await looks.realPathIfThere(tree.path, what)) ?? withoutDots(tree.path);
    const source = join(folder, 'upper');
    return refuseMountPoint({ ...tree, folder, source, kept: snapshotsOfLayer(folder) });
  }
  const folder = await looks.realPath(tree.path, what);
  const { kind } = await looks.state(folder, what);
  if (kind !== 'directory') {
    throw definitionError('CONFIG_UNSUPPORTED', `'${folder}' is not a directory`, tree.place);
  }
  return refuseMountPoint({ ...tree, folder, source: folder, kept: `${folder}.snapshots` });
}

function refuseMountPoint(tree: LiveTree): LiveTree {
  if (!isMountPoint(tree.source)) return tree;
  const detail = `'${tree.source}' is a mount point: only a directory below one can be put back, or be copied beside it`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, tree.place);
}

/**
 * Refuses if another running domain writes to one of these trees: a layer has one user, but a directory may have many.
 *
 * @throws TslxcError RESOURCE_BUSY.
 */
export async function refuseOtherUsers(
  session: Session,
  { name }: Identity,
  trees: readonly Pick<LiveTree, 'path' | 'folder'>[],
): Promise<void> {
  for (const [other, start] of await standingStarts(session)) {
    if (other === name) continue;
    const used = writtenBy(session.parse(start.xml).definition);
    const tree = trees.find(({ path, folder }) =>
      used.some((one) => isEither(one, path) || isEither(one, folder)),
    );
    if (tree === undefined) continue;
    const detail = `'${tree.path}' is in use by domain '${other}', which runs`;
    throw new TslxcError('RESOURCE_BUSY', detail, { domain: name, path: tree.path });
  }
}

/** The directories of the host that a container may write to, except the host's own root. */
function writtenBy(definition: DomainDefinition): string[] {
  return definition.filesystems.flatMap((filesystem) => {
    const overlay = overlayOf(definition, filesystem);
    if (overlay !== undefined) return [overlay.upper];
    if (filesystem.type !== 'mount' || filesystem.readonly) return [];
    return isSame(filesystem.source, '/') ? [] : [filesystem.source];
  });
}

/** Where a copy is made that will be moved to `path`: beside it, under a unique name. */
export function stagedBeside(path: string, mark: string): string {
  return join(dirname(path), `.tslxc-${mark}`);
}

/**
 * The stored definition of a paused domain must have the same trees as the running one: those are what is copied, while a revert
 * or a clone uses the stored definition.
 *
 * @throws TslxcError OPERATION_INVALID.
 */
export function checkTrees(session: Session, state: SettledState, stored: DomainDefinition): void {
  if (state.phase !== 'running') return;
  const [ones, others] = [runningDefinition(session, state), stored].map((definition) =>
    ownTrees(definition).map(({ target, path }) => `${target} ${withoutDots(path)}`),
  );
  if (ones?.join('\n') === others?.join('\n')) return;
  const detail = 'its stored definition has other trees than what runs';
  throw new TslxcError('OPERATION_INVALID', detail, { domain: stored.name });
}
