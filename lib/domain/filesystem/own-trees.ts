/**
 * The directory trees of the host that only this container writes to: its root, if that is its own directory, and the writable
 * layers of its overlays. A snapshot contains them, and a clone gets copies of them. Pure.
 */
import type { DomainDefinition } from '../definition';
import { withExtensionElement } from '../elements/extension/extension-change';
import { definitionError, type SourceLocation } from '../xml/source-location';
import { isSame } from '../xml/path';
import type { FilesystemDefinition } from './definition';
import { isHostRoot, overlayOf, rootOf } from './lookup';

export interface OwnTree {
  /** Absolute path in the container. */
  readonly target: string;
  readonly kind: 'layer' | 'directory';
  /** For a layer, the folder that `upper` names; otherwise the source. */
  readonly path: string;
  readonly place: SourceLocation;
}

/**
 * @throws DefinitionError CONFIG_UNSUPPORTED if the root is an image, and if there is no such tree.
 */
export function ownTrees(definition: DomainDefinition): OwnTree[] {
  const root = rootOf(definition);
  const layers = definition.filesystems.flatMap((filesystem) => layerOf(definition, filesystem));
  const directories = root === undefined ? [] : directoryOf(definition, root);
  const trees = [...directories, ...layers];
  if (trees.length > 0) return trees;
  const position = root?.position ?? definition.devicesPosition ?? { line: 1, column: 1 };
  const why =
    root === undefined || isHostRoot(root)
      ? "its root is the host's own, and it has no <tslxc:overlay>"
      : 'its root is read-only, and it has no <tslxc:overlay>';
  throw definitionError('CONFIG_UNSUPPORTED', `nothing of it is its own to copy: ${why}`, {
    path: 'domain/devices/filesystem',
    position,
  });
}

/** The definition with the paths of its trees replaced by these, whose keys are the targets. */
export function withTreePaths(
  definition: DomainDefinition,
  paths: ReadonlyMap<string, string>,
): DomainDefinition {
  let changed = definition;
  for (const { target, kind } of ownTrees(definition)) {
    const path = paths.get(target);
    if (path !== undefined) changed = withTreePath(changed, { target, kind, path });
  }
  return changed;
}

function withTreePath(
  definition: DomainDefinition,
  { target, kind, path }: Pick<OwnTree, 'target' | 'kind' | 'path'>,
): DomainDefinition {
  if (kind === 'layer') {
    return withExtensionElement(definition, {
      name: 'overlay',
      attributes: { target, upper: path },
      isSame: (attributes) => isSame(attributes['target'] ?? '', target),
    });
  }
  const filesystems = definition.filesystems.map((filesystem): FilesystemDefinition => {
    if (filesystem.type !== 'mount' || filesystem.target !== target) return filesystem;
    const { written, ...rest } = filesystem;
    return {
      ...rest,
      source: path,
      ...(written?.target === undefined ? {} : { written: { target: written.target } }),
    };
  });
  return { ...definition, filesystems };
}

function layerOf(definition: DomainDefinition, filesystem: FilesystemDefinition): OwnTree[] {
  const overlay = overlayOf(definition, filesystem);
  if (overlay === undefined) return [];
  const place = {
    path: 'domain/metadata/tslxc:container/tslxc:overlay',
    position: overlay.position,
  };
  return [{ target: overlay.target, kind: 'layer', path: overlay.upper, place }];
}

/** The root, unless it is read-only, the host's own, or writes to it go to an overlay. */
function directoryOf(definition: DomainDefinition, root: FilesystemDefinition): OwnTree[] {
  if (overlayOf(definition, root) !== undefined || isHostRoot(root) || root.readonly) return [];
  const place = { path: 'domain/devices/filesystem', position: root.position };
  if (root.type === 'mount') {
    return [{ target: root.target, kind: 'directory', path: root.source, place }];
  }
  throw definitionError(
    'CONFIG_UNSUPPORTED',
    `its root is of type '${root.type}', which can't be copied: with a <tslxc:overlay> it is only read, and what is written can be`,
    place,
  );
}
