/** Each file system of a domain as a tree: how it is opened on the host, shown with other ids, and attached. Pure. */
import { lookedUp } from '../../domain/devices/volume-source';
import type { DomainDefinition } from '../../domain/definition';
import type {
  BlockFilesystem,
  FileFilesystem,
  FilesystemDefinition,
  OverlayOptions,
  Propagation,
} from '../../domain/filesystem/definition';
import { isMapped } from '../../domain/filesystem/access-mode';
import { isServed, optionsOf, overlayOf, rootOf } from '../../domain/filesystem/lookup';
import { foldersAbove, withoutDots } from '../../domain/xml/path';
import type { SourceLocation } from '../../domain/xml/source-location';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { mountAttributes, propagationTypes } from '../constants';
import { hasUserNamespace } from '../process/id-map';
import type { Depth, Missing, Operation } from '../operation';

const { readonly, nosuid, nodev } = mountAttributes;

/** Whether a mount source is a directory or something else, which decides what a missing target is made as. */
export type SourceKind = 'directory' | 'file';

export interface FilesystemFacts {
  /** By `sourceKey`; a source that is not listed is a directory. */
  readonly sources: ReadonlyMap<string, SourceKind>;
  /** The type of the file system on each image and device, by path, as the kernel names it. */
  readonly images: ReadonlyMap<string, string>;
  /** The block devices of the images that qemu-nbd serves, by target. */
  readonly served: ReadonlyMap<string, string>;
}

/** Types of file systems that can never be written to. */
const readonlyTypes = ['squashfs', 'erofs', 'iso9660'];

/** The key of a source: a path on the host and one in the container may be the same text. */
export function sourceKey({ type, source }: { type: 'mount' | 'bind'; source: string }): string {
  return type === 'bind' ? `bind:${source}` : source;
}

/**
 * The file systems other than the root in mounting order: that of the document, but each after those that it lies
 * in.
 */
export function otherFilesystems(definition: DomainDefinition): readonly FilesystemDefinition[] {
  const others = definition.filesystems.filter(({ target }) => target !== '/');
  // Two may have one target.
  const byTarget = new Map<string, FilesystemDefinition[]>();
  for (const one of others) {
    const target = withoutDots(one.target);
    const same = byTarget.get(target);
    if (same === undefined) byTarget.set(target, [one]);
    else same.push(one);
  }
  const ordered = new Set<FilesystemDefinition>();
  for (const filesystem of others) {
    for (const folder of foldersAbove(filesystem.target).reverse()) {
      byTarget.get(folder)?.forEach((outer) => ordered.add(outer));
    }
    ordered.add(filesystem);
  }
  return [...ordered];
}

/** The name of a file system's descriptor in a plan. */
function treeName({ target }: FilesystemDefinition): string {
  return target === '/' ? 'root' : `filesystem:${target}`;
}

const imageName = ({ target }: FilesystemDefinition): string => `image:${target}`;
const overlayBaseName = ({ target }: FilesystemDefinition): string => `base:${target}`;
const overlayUpperName = ({ target }: FilesystemDefinition): string => `upper:${target}`;

/** The names of the layers below the base, from the uppermost on. */
function lowerNames({ target }: FilesystemDefinition, { lowers = [] }: OverlayOptions): string[] {
  return lowers.map((_, number) => `lower:${number}:${target}`);
}

/** The element that a descriptor of a plan comes from, by the descriptor's name. */
export function filesystemLocations(
  definition: DomainDefinition,
): ReadonlyMap<string, SourceLocation> {
  return new Map(
    definition.filesystems.flatMap((filesystem): [string, SourceLocation][] => [
      ...[treeName, imageName, overlayBaseName, overlayUpperName].map(
        (name): [string, SourceLocation] => [name(filesystem), filesystemLocation(filesystem)],
      ),
      ...lowerLocations(definition, filesystem),
    ]),
  );
}

function lowerLocations(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
): [string, SourceLocation][] {
  const overlay = overlayOf(definition, filesystem);
  if (overlay?.lowers === undefined) return [];
  const path = 'domain/metadata/tslxc:container/tslxc:overlay/tslxc:lower';
  const places = overlay.lowers.map(({ position }) => ({ path, position }));
  return lowerNames(filesystem, overlay).map((name, at) => [
    name,
    places[at] ?? filesystemLocation(filesystem),
  ]);
}

/** Opens a file system that only the host's mount namespace shows; does nothing for one that is made inside. */
export function planOpened(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
  facts: FilesystemFacts,
): Operation[] {
  const overlay = overlayOf(definition, filesystem);
  if (overlay === undefined) {
    return planTree(definition, filesystem, { facts, tree: treeName(filesystem) });
  }
  const base = { ...filesystem, readonly: true };
  const upper = overlayUpperName(filesystem);
  return [
    ...planTree(definition, base, { facts, tree: overlayBaseName(filesystem) }),
    ...planLowers(filesystem, overlay),
    { op: 'openTree', tree: upper, path: overlay.upper, depth: 'single', automount: 'trigger' },
    protect(upper, { depth: 'single', set: 0 }),
  ];
}

function planLowers(filesystem: FilesystemDefinition, overlay: OverlayOptions): Operation[] {
  const names = lowerNames(filesystem, overlay);
  return (overlay.lowers ?? []).flatMap(({ dir }, at): Operation[] => {
    const tree = names[at] ?? '';
    return [
      { op: 'openTree', tree, path: dir, depth: 'single', automount: 'trigger' },
      protect(tree, { depth: 'single', set: readonly }),
    ];
  });
}

interface TreeWanted {
  readonly facts: FilesystemFacts;
  readonly tree: string;
}

function planTree(
  definition: DomainDefinition,
  wanted: FilesystemDefinition,
  { facts, tree }: TreeWanted,
): Operation[] {
  const filesystem = lookedUp(wanted);
  const set = filesystem.readonly ? readonly : 0;
  switch (filesystem.type) {
    case 'mount': {
      const depth = depthOf(definition, filesystem);
      const propagation = optionsOf(definition, filesystem)?.propagation ?? 'private';
      // The recursive clone of a root must not trigger all automounts of the host.
      const automount = filesystem.target === '/' ? 'leave' : 'trigger';
      return [
        { op: 'openTree', tree, path: filesystem.source, depth, automount },
        protect(tree, { depth, set, propagation }),
      ];
    }
    case 'file':
    case 'block':
      return planImage(filesystem, { facts, tree });
    case 'bind':
    case 'ram':
      return [];
  }
}

/** The file system of an image or a device. */
function planImage(
  filesystem: FileFilesystem | BlockFilesystem,
  { facts, tree }: TreeWanted,
): Operation[] {
  const attributes = filesystem.readonly ? readonly : 0;
  const type = facts.images.get(filesystem.source) ?? '';
  const access = filesystem.readonly || readonlyTypes.includes(type) ? 'readOnly' : 'readWrite';
  const options = access === 'readOnly' ? ['ro'] : [];
  const path = blockDeviceOf(filesystem, facts);
  if (path !== undefined) {
    const source = `source=${path}`;
    return [{ op: 'makeFilesystem', tree, type, options: [source, ...options], attributes }];
  }
  const device = imageName(filesystem);
  return [
    { op: 'attachLoop', device, path: filesystem.source, access },
    { op: 'makeFilesystemOn', tree, device, type, options, attributes },
  ];
}

/** Undefined for an image that has none before the plan runs. */
function blockDeviceOf(
  filesystem: FileFilesystem | BlockFilesystem,
  { served }: FilesystemFacts,
): string | undefined {
  if (filesystem.type === 'block') return filesystem.source;
  if (!isServed(filesystem)) return undefined;
  const device = served.get(filesystem.target);
  if (device === undefined) throw new RangeError('an image without a block device');
  return device;
}

/** Shows file systems with the container's ids: those with accessmode mapped, the root, and the layers of overlays. */
export function planMapped(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
): Operation[] {
  if (!hasUserNamespace(definition)) return [];
  const overlay = overlayOf(definition, filesystem);
  if (overlay !== undefined) {
    const lowers = lowerNames(filesystem, overlay);
    const layers = [overlayBaseName(filesystem), ...lowers, overlayUpperName(filesystem)];
    return layers.map((tree) => ({ op: 'mapTree', tree, depth: 'single' }));
  }
  if (!isMapped(definition, filesystem) && filesystem.target !== '/') return [];
  const depth = filesystem.type === 'mount' ? depthOf(definition, filesystem) : 'single';
  return [{ op: 'mapTree', tree: treeName(filesystem), depth }];
}

/** Makes the overlay before the root is entered: before Linux 6.15, its layers must be attached mounts. */
export function planOverlay(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
): Operation[] {
  const overlay: OverlayOptions | undefined = overlayOf(definition, filesystem);
  if (overlay === undefined) return [];
  const lowers = [overlayBaseName(filesystem), ...lowerNames(filesystem, overlay)];
  const work = overlayUpperName(filesystem);
  // In a user namespace, extended attributes of the kind `trusted` can't be used. Layers that lie on each other serve
  // containers with and without one, and mark by the kind `user` which directories hide those below them.
  const options = hasUserNamespace(definition) || lowers.length > 1 ? ['userxattr'] : [];
  return [
    ...[...lowers, work].map((tree): Operation => ({ op: 'stackTree', tree })),
    {
      op: 'makeOverlay',
      tree: treeName(filesystem),
      lowers,
      work,
      options,
      attributes: filesystem.readonly && filesystem.target !== '/' ? readonly : 0,
    },
  ];
}

/**
 * Makes a root with an overlay read-only once everything is mounted in it: a missing target is made in the layer of the container, as
 * docker's `--read-only` does. The files of a root without one stay as they are.
 */
export function planOverlaidRootProtected(
  definition: DomainDefinition,
  root: FilesystemDefinition,
): Operation[] {
  if (!isProtectedLate(definition, root)) return [];
  return [protect(treeName(root), { depth: 'single', set: readonly })];
}

function isProtectedLate(definition: DomainDefinition, root: FilesystemDefinition): boolean {
  return root.readonly && overlayOf(definition, root) !== undefined;
}

/** The container mounts its own file systems here: what lies below is not in the root. */
export const ownMounts = ['/dev', '/proc', '/sys'];

/** Where anything but the root is mounted. */
export function mountedFolders(definition: DomainDefinition): ReadonlySet<string> {
  const others = otherFilesystems(definition).map(({ target }) => withoutDots(target));
  return new Set([...ownMounts, ...others]);
}

/**
 * Whether what is at this path of the container is a part of a root that will be read-only, but is not yet when it is cloned: a
 * clone keeps the attributes that the mount has then.
 */
function isOfProtectedRoot(definition: DomainDefinition, source: string): boolean {
  const root = rootOf(definition);
  if (root === undefined || !isProtectedLate(definition, root)) return false;
  const mounted = mountedFolders(definition);
  return ![withoutDots(source), ...foldersAbove(source)].some((folder) => mounted.has(folder));
}

/** Attaches a file system in the new root; one that is made inside is made first. */
export function planAttached(
  definition: DomainDefinition,
  wanted: FilesystemDefinition,
  missing: Missing,
): Operation[] {
  const filesystem = lookedUp(wanted);
  const { target } = filesystem;
  const tree = treeName(filesystem);
  const set = filesystem.readonly ? readonly : 0;
  const attach = { op: 'attachTree', tree, root: 'root', path: target, missing } as const;
  switch (filesystem.type) {
    case 'mount':
    case 'file':
    case 'block':
      return [attach];
    case 'bind': {
      const depth = depthOf(definition, filesystem);
      const isProtected = isOfProtectedRoot(definition, filesystem.source);
      return [
        { op: 'cloneTree', tree, root: 'root', path: filesystem.source, depth },
        protect(tree, { depth, set }),
        ...(isProtected ? [protect(tree, { depth: 'single', set: readonly })] : []),
        attach,
      ];
    }
    case 'ram': {
      const size = 1024n * BigInt(filesystem.usage);
      return [
        {
          op: 'makeFilesystem',
          tree,
          type: 'tmpfs',
          options: ['source=tmpfs', `size=${size}`],
          attributes: nosuid | nodev | set,
        },
        attach,
      ];
    }
  }
}

/** What a missing target is made as. */
export function targetKind(filesystem: FilesystemDefinition, facts: FilesystemFacts): SourceKind {
  if (filesystem.type !== 'mount' && filesystem.type !== 'bind') return 'directory';
  return facts.sources.get(sourceKey(filesystem)) ?? 'directory';
}

export function depthOf(definition: DomainDefinition, filesystem: FilesystemDefinition): Depth {
  // The layers of an overlay are single mounts, so nothing is mounted below its base.
  if (overlayOf(definition, filesystem) !== undefined) return 'single';
  const asked = optionsOf(definition, filesystem)?.recursive;
  const byDefault = filesystem.target === '/' ? 'yes' : 'no';
  return (asked ?? byDefault) === 'yes' ? 'recursive' : 'single';
}

interface Protection {
  readonly depth: Depth;
  readonly set: number;
  readonly propagation?: Propagation;
}

/** A tree cloned in the host's namespace is still a peer of the host's mount: an unmount inside would reach the host. */
function protect(tree: string, { depth, set, propagation = 'private' }: Protection): Operation {
  const type = propagationTypes[propagation];
  return { op: 'setTreeAttributes', tree, set, clear: 0, propagation: type, depth };
}
