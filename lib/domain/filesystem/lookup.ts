/** A domain's file systems, and what `<tslxc:container>` says about each. Pure. */
import type { DomainDefinition } from '../definition';
import type {
  FilesystemDefinition,
  FilesystemOptions,
  OverlayOptions,
  ServedFilesystem,
} from './definition';
import { isSame } from '../xml/path';

/** The domain's file system for `/`; undefined if it uses the host's root. */
export function rootOf(definition: DomainDefinition): FilesystemDefinition | undefined {
  return definition.filesystems.find(({ target }) => target === '/');
}

/** Whether the container's root is the host's. */
export function sharesRoot(definition: DomainDefinition): boolean {
  const root = rootOf(definition);
  return root === undefined || (isHostRoot(root) && overlayOf(definition, root) === undefined);
}

/** Whether the source is the host's root. */
export function isHostRoot(filesystem: FilesystemDefinition): boolean {
  return filesystem.type === 'mount' && isSame(filesystem.source, '/');
}

export function overlayOf(
  { extension }: Pick<DomainDefinition, 'extension'>,
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

/** Whether qemu-nbd serves its image as a block device. */
export function isServed(filesystem: FilesystemDefinition): filesystem is ServedFilesystem {
  return filesystem.type === 'file' && filesystem.driver?.type === 'nbd';
}
