/** The container's root and the domain's other file systems, in order. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type { FilesystemDefinition } from '../../domain/filesystem/definition';
import { rootOf, sharesRoot } from '../../domain/filesystem/lookup';
import { foldersAbove } from '../../domain/xml/path';
import { cover } from './cover';
import {
  mountedFolders,
  ownMounts,
  otherFilesystems,
  planAttached,
  planMapped,
  planOpened,
  planOverlaidRootProtected,
  planOverlay,
  targetKind,
  type FilesystemFacts,
} from './filesystems';
import type { Missing, Operation } from '../operation';

/** Whether the files of the private root have the host's ids or the container's on disk. */
export type OwnersOfRoot = 'host' | 'container';

export interface RootfsFacts extends FilesystemFacts {
  /** Directories that a container on the shared root must not see. */
  readonly hidden: readonly string[];
  /** `container`: the files already have the ids of the id map, and are not shifted again. Default: `host`. */
  readonly ownersOfRoot?: OwnersOfRoot;
}

/** The host's root, for a definition without a root. */
const hostRoot: FilesystemDefinition = {
  type: 'mount',
  source: '/',
  target: '/',
  readonly: false,
  position: { line: 1, column: 1 },
};

/** The root first, then the others in the order of mounting. */
function allFilesystems(definition: DomainDefinition): readonly FilesystemDefinition[] {
  return [rootOf(definition) ?? hostRoot, ...otherFilesystems(definition)];
}

/** Opens sources before the clone, since only the host's mount namespace shows them. */
export function planOutsideTrees(definition: DomainDefinition, facts: RootfsFacts): Operation[] {
  return allFilesystems(definition).flatMap((one) => planOpened(definition, one, facts));
}

/** Shows a private root with the container's ids, so that no file on disk has to change its owner. */
export function planMappedTrees(
  definition: DomainDefinition,
  { ownersOfRoot = 'host' }: RootfsFacts,
): Operation[] {
  const keepsRoot = sharesRoot(definition) || ownersOfRoot === 'container';
  const all = keepsRoot ? otherFilesystems(definition) : allFilesystems(definition);
  return all.flatMap((one) => planMapped(definition, one));
}

/** Enters the root, and takes the host's file systems away where the container gets its own. */
export function planRoot(definition: DomainDefinition): Operation[] {
  return [
    ...allFilesystems(definition).flatMap((one) => planOverlay(definition, one)),
    { op: 'enterTree', tree: 'root' },
    ...(sharesRoot(definition) ? planHostMountsAway() : []),
  ];
}

/** The directories that the container must not see. A private root has none of them. */
export function hiddenFrom(
  definition: DomainDefinition,
  { hidden }: Pick<RootfsFacts, 'hidden'>,
): readonly string[] {
  return sharesRoot(definition) ? hidden : [];
}

/** Attaches the domain's file systems, then hides the state of tslxc, and makes the root read-only that has an overlay. */
export function planFilesystems(definition: DomainDefinition, facts: RootfsFacts): Operation[] {
  const borrowed = new Set(borrowedTargets(definition));
  const missing = (filesystem: FilesystemDefinition): Missing => {
    // On a shared root a missing target has been made before, with an undo, so that nothing of the container remains.
    if (borrowed.has(filesystem)) return 'fail';
    return targetKind(filesystem, facts) === 'file' ? 'makeFile' : 'makeDirectory';
  };
  return [
    ...otherFilesystems(definition).flatMap((one) => planAttached(definition, one, missing(one))),
    ...hiddenFrom(definition, facts).map((path) => cover('root', path, 'directory')),
    ...planOverlaidRootProtected(definition, rootOf(definition) ?? hostRoot),
  ];
}

/** The file systems whose targets lie in the host's own tree, where nothing of the container may remain. */
export function borrowedTargets(definition: DomainDefinition): readonly FilesystemDefinition[] {
  if (!sharesRoot(definition)) return [];
  const mounted = mountedFolders(definition);
  return otherFilesystems(definition).filter(
    ({ target }) => !foldersAbove(target).some((outer) => mounted.has(outer)),
  );
}

function planHostMountsAway(): Operation[] {
  return ownMounts.map((path) => ({ op: 'putAside', root: 'root', path, missing: 'skip' }));
}
