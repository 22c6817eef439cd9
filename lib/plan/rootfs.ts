/** The container's root and the domain's other file systems, in order. Pure. */
import type { DomainDefinition, FilesystemDefinition } from '../domain/definition';
import { mountAttributes, privatePropagation } from './constants';
import { hasUserNamespace } from './id-map';
import type { Operation } from './operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;

/** Whether a mount source is a directory or something else: decides what a missing target is made as. */
export type SourceKind = 'directory' | 'file';

/** Whose ids the files of the private root have on disk. */
export type OwnersOfRoot = 'host' | 'container';

export interface RootfsFacts {
  /** By source path; a source that is not listed is a directory. */
  readonly sources: ReadonlyMap<string, SourceKind>;
  /** Directories that a container on the shared root must not see. */
  readonly hidden: readonly string[];
  /** `container`: they are those of its id map already, and are not shifted again. Default: `host`. */
  readonly ownersOfRoot?: OwnersOfRoot;
}

/** The file system of the domain that is its root; undefined: the host's own. */
export function rootOf(definition: DomainDefinition): FilesystemDefinition | undefined {
  return definition.filesystems.find(({ target }) => target === '/');
}

/** Whether the container sees the host's own `/`. */
export function sharesRoot(definition: DomainDefinition): boolean {
  const root = rootOf(definition);
  return root === undefined || root.source === '/';
}

/** The file systems besides the root, in document order. */
export function otherFilesystems(definition: DomainDefinition): readonly FilesystemDefinition[] {
  return definition.filesystems.filter(({ target }) => target !== '/');
}

/** What has to be opened on the host, before the clone: sources that only the host's namespace shows. */
export function planOutsideTrees(definition: DomainDefinition): Operation[] {
  const root = rootOf(definition);
  return [
    {
      op: 'openTree',
      tree: 'root',
      path: root?.source ?? '/',
      depth: 'recursive',
      automount: 'leave',
    },
    protect('root', 'recursive', root?.readonly === true ? readonly : 0),
    ...otherFilesystems(definition).flatMap((filesystem, index): Operation[] => [
      {
        op: 'openTree',
        tree: treeName(index),
        path: filesystem.source,
        depth: 'single',
        automount: 'trigger',
      },
      protect(treeName(index), 'single', filesystem.readonly ? readonly : 0),
    ]),
  ];
}

/** Enters the root; what the host has mounted where the container gets its own is let go. */
export function planRoot(definition: DomainDefinition): Operation[] {
  return [
    { op: 'enterTree', tree: 'root' },
    ...(sharesRoot(definition) ? planHostMountsAway() : []),
  ];
}

/** A private root is shown with the container's ids, so that nothing on disk has to change its owner. */
export function planMappedTrees(
  definition: DomainDefinition,
  { ownersOfRoot }: RootfsFacts,
): Operation[] {
  if (!hasUserNamespace(definition) || sharesRoot(definition)) return [];
  if (ownersOfRoot === 'container') return [];
  return [{ op: 'mapTree', tree: 'root', depth: 'recursive' }];
}

/** Attaches the domain's file systems, then hides the state of tslxc on a shared root. */
export function planFilesystems(definition: DomainDefinition, facts: RootfsFacts): Operation[] {
  const shared = sharesRoot(definition);
  return [
    ...otherFilesystems(definition).map(({ source, target }, index): Operation => {
      const make = facts.sources.get(source) === 'file' ? 'makeFile' : 'makeDirectory';
      // On a shared root a missing target was made before, with an undo: a container leaves no trace there.
      const missing = shared ? 'fail' : make;
      return { op: 'attachTree', tree: treeName(index), root: 'root', path: target, missing };
    }),
    ...(shared ? facts.hidden.flatMap(planHidden) : []),
  ];
}

function planHostMountsAway(): Operation[] {
  return ['/dev', '/proc', '/sys'].map((path) => ({
    op: 'detachTree',
    root: 'root',
    path,
    missing: 'skip',
  }));
}

function planHidden(path: string, index: number): Operation[] {
  const tree = `hidden${index}`;
  return [
    {
      op: 'makeFilesystem',
      tree,
      type: 'tmpfs',
      options: ['source=none', 'mode=0555', 'size=4096', 'nr_inodes=1'],
      attributes: readonly | nosuid | nodev | noexec,
    },
    { op: 'attachTree', tree, root: 'root', path, missing: 'skip' },
  ];
}

/** A tree cloned in the host's namespace keeps its peers: a later unmount inside would unmount on the host. */
function protect(tree: string, depth: 'single' | 'recursive', set: number): Operation {
  return { op: 'setTreeAttributes', tree, set, clear: 0, propagation: privatePropagation, depth };
}

function treeName(index: number): string {
  return `filesystem${index}`;
}
