/** A domain's file systems, and what `<tslxc:container>` says about each. Pure. */
import type { DomainDefinition } from '../definition';
import type {
  FilesystemDefinition,
  FilesystemOptions,
  OverlayOptions,
  ServedFilesystem,
} from './definition';
import { isSame, withoutDots } from '../xml/path';

interface WithTarget {
  readonly target: string;
}

/** By list, the first item for each target: each file system asks for its own, several times. */
const firsts = new WeakMap<readonly WithTarget[], ReadonlyMap<string, WithTarget>>();

/** The first item for this target, however it is written. */
export function atTarget<T extends WithTarget>(
  all: readonly T[] | undefined,
  target: string,
): T | undefined {
  if (all === undefined) return undefined;
  const known =
    firsts.get(all) ?? new Map(all.toReversed().map((one) => [withoutDots(one.target), one]));
  firsts.set(all, known);
  return known.get(withoutDots(target)) as T | undefined;
}

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
  return atTarget(extension.overlays, target);
}

export function optionsOf(
  { extension }: DomainDefinition,
  { target }: FilesystemDefinition,
): FilesystemOptions | undefined {
  return atTarget(extension.filesystems, target);
}

/** Whether qemu-nbd serves its image as a block device. */
export function isServed(filesystem: FilesystemDefinition): filesystem is ServedFilesystem {
  return filesystem.type === 'file' && filesystem.driver?.type === 'nbd';
}
