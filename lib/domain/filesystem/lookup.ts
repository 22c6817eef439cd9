/** A domain's file systems, and what `<tslxc:container>` says about each. Pure. */
import type { DomainDefinition } from '../definition';
import type { FilesystemDefinition, FilesystemOptions, OverlayOptions } from './definition';
import { isSame } from '../xml/path';

/** The file system of the domain that is its root; undefined: the host's own. */
export function rootOf(definition: DomainDefinition): FilesystemDefinition | undefined {
  return definition.filesystems.find(({ target }) => target === '/');
}

/** Whether the container sees the host's own `/`. */
export function sharesRoot(definition: DomainDefinition): boolean {
  const root = rootOf(definition);
  return root === undefined || (isHostRoot(root) && overlayOf(definition, root) === undefined);
}

/** Whether the source is the host's own `/`. */
export function isHostRoot(filesystem: FilesystemDefinition): boolean {
  return filesystem.type === 'mount' && isSame(filesystem.source, '/');
}

export function overlayOf(
  { extension }: DomainDefinition,
  { target }: FilesystemDefinition,
): OverlayOptions | undefined {
  return extension.overlays?.find((overlay) => isSame(overlay.target, target));
}

export function optionsOf(
  { extension }: DomainDefinition,
  { target }: FilesystemDefinition,
): FilesystemOptions | undefined {
  return extension.filesystems?.find((options) => isSame(options.target, target));
}
