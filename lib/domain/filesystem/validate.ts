/** Checks the `<filesystem>` elements before the domain is started. Pure. */
import type { DomainDefinition } from '../definition';
import type { FilesystemDefinition, FilesystemOptions, OverlayOptions } from './definition';
import { hasOwnIds, isMapped, isShownHostRoot } from './access-mode';
import { atTarget, isHostRoot, optionsOf, overlayOf } from './lookup';
import { wayBack } from '../namespaces/level';
import { limitedTrees } from './space-limits';
import { isEither, isSame, withoutDots } from '../xml/path';
import { PathIndex } from './path-index';
import { definitionError, type SourceLocation } from '../xml/source-location';

/** @throws DefinitionError CONFIG_UNSUPPORTED. */
export function checkFilesystems(definition: DomainDefinition): void {
  definition.filesystems.forEach(checkPaths);
  checkTargets(definition.filesystems);
  for (const filesystem of definition.filesystems) {
    checkType(filesystem);
    checkSpace(filesystem);
    checkMapped(definition, filesystem);
  }
  checkLimitedOnce(definition);
  const targets = new PathIndex<FilesystemDefinition>();
  for (const filesystem of definition.filesystems) targets.add(filesystem.target, filesystem);
  const { filesystems = [], overlays = [] } = definition.extension;
  for (const options of filesystems) checkOptions(definition, options, targets);
  const uppers = new PathIndex<OverlayOptions>();
  for (const overlay of overlays) {
    checkOverlay(definition, overlay, uppers);
    uppers.add(overlay.upper, overlay);
  }
}

/** The location of the element itself, or of one of its children. */
export function filesystemLocation(
  { position }: FilesystemDefinition,
  child?: string,
): SourceLocation {
  const path = 'domain/devices/filesystem';
  return { path: child === undefined ? path : `${path}/${child}`, position };
}

function refuse(detail: string, location: SourceLocation): never {
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}

function checkPaths(filesystem: FilesystemDefinition): void {
  const { target } = filesystem;
  const ends = 'source' in filesystem ? { source: filesystem.source, target } : { target };
  for (const [end, path] of Object.entries(ends)) {
    if (path.startsWith('/')) continue;
    const detail = `filesystem ${end} '${path}' is not an absolute path`;
    refuse(detail, filesystemLocation(filesystem, end));
  }
  // The text of a target decides whether it is the root, or below another target.
  if (target.split('/').includes('..') || (isSame(target, '/') && target !== '/')) {
    const detail = `filesystem target '${target}' must be written without '.' and '..'`;
    refuse(detail, filesystemLocation(filesystem, 'target'));
  }
}

/** Refuses two filesystems with one target: libvirt would mount one over the other, which is never intended. */
function checkTargets(filesystems: readonly FilesystemDefinition[]): void {
  const seen = new Map<string, FilesystemDefinition>();
  for (const filesystem of filesystems) {
    const target = withoutDots(filesystem.target);
    const first = seen.get(target);
    if (first !== undefined) {
      const detail = `filesystem target '${target}' is already used in line ${first.position.line}`;
      refuse(detail, filesystemLocation(filesystem));
    }
    seen.set(target, filesystem);
  }
}

function checkType(filesystem: FilesystemDefinition): void {
  const { type, target } = filesystem;
  if (isSame(target, '/') && (type === 'ram' || type === 'bind')) {
    refuse(`Unsupported root filesystem type ${type}`, filesystemLocation(filesystem, '@type'));
  }
  // For tmpfs(5), 0 means no limit.
  if (type === 'ram' && filesystem.usage === 0) {
    refuse(
      'usage of a RAM filesystem must be more than 0',
      filesystemLocation(filesystem, 'source'),
    );
  }
}

/** Refuses a soft limit above the hard limit: some file systems would ignore it. */
function checkSpace(filesystem: FilesystemDefinition): void {
  const { hard = 0, soft = 0 } = filesystem.space ?? {};
  if (hard === 0 || soft <= hard) return;
  const detail = `space_soft_limit ${soft} is more than space_hard_limit ${hard}`;
  refuse(detail, filesystemLocation(filesystem, 'space_soft_limit'));
}

/** Refuses a second limit for the same tree, which can have only one quota. */
function checkLimitedOnce(definition: DomainDefinition): void {
  const trees = limitedTrees(definition);
  const lines = new Map<string, number>();
  for (const { path, space } of trees) {
    const tree = withoutDots(path);
    const line = lines.get(tree);
    if (line !== undefined) {
      const location = { path: 'domain/devices/filesystem', position: space.position };
      refuse(`the space of '${path}' is already limited in line ${line}`, location);
    }
    lines.set(tree, space.position.line);
  }
}

function checkMapped(definition: DomainDefinition, filesystem: FilesystemDefinition): void {
  if (!isMapped(definition, filesystem) || !isShownHostRoot(filesystem)) return;
  refuse(
    `accessmode='mapped' would make the container's root the owner of the host's /${wayBack(definition)}`,
    filesystemLocation(filesystem, '@accessmode'),
  );
}

const container = 'domain/metadata/tslxc:container';

/** The filesystem to which the options or the overlay belong. */
function subjectOf<T extends FilesystemOptions | OverlayOptions>(
  definition: DomainDefinition,
  options: T,
  { all, location }: { readonly all: readonly T[]; readonly location: SourceLocation },
): FilesystemDefinition {
  const { target } = options;
  const subject = atTarget(definition.filesystems, target);
  if (subject === undefined) refuse(`no filesystem has the target '${target}'`, location);
  const first = atTarget(all, target);
  if (first !== undefined && first !== options) {
    refuse(`target '${target}' is already used in line ${first.position.line}`, location);
  }
  return subject;
}

function checkOptions(
  definition: DomainDefinition,
  options: FilesystemOptions,
  targets: PathIndex<FilesystemDefinition>,
): void {
  const { recursive, propagation = 'private', position } = options;
  const location = { path: `${container}/tslxc:filesystem`, position };
  const all = definition.extension.filesystems ?? [];
  const subject = subjectOf(definition, options, { all, location });
  const isTree = subject.type === 'mount' || subject.type === 'bind';
  const isOverlay = overlayOf(definition, subject) !== undefined;
  if (recursive === 'yes' && (!isTree || isOverlay)) {
    refuse('nothing can be mounted below the source: recursive has no meaning', location);
  }
  if (propagation === 'private') return;
  if (subject.type !== 'mount' || isOverlay) {
    refuse('mounts are propagated only from a tree of the host (type mount)', location);
  }
  if (subject.readonly) {
    refuse('what is mounted later would not be read-only, as the filesystem asks for', location);
  }
  if (propagation !== 'shared') return;
  checkShared(definition, subject, location);
  const nested = targets.below(subject.target);
  if (nested === undefined) return;
  const { line } = nested.position;
  refuse(`the filesystem in line ${line} would be mounted on the host below it`, location);
}

/** A mount below a shared tree would also appear on the host, and remain there. */
function checkShared(
  definition: DomainDefinition,
  { target }: FilesystemDefinition,
  location: SourceLocation,
): void {
  if (isSame(target, '/')) {
    refuse("a shared root would mount the container's /dev, /proc and /sys on the host", location);
  }
  if (hasOwnIds(definition)) {
    const detail = `with an <idmap> the container may not mount on the host${wayBack(definition)}`;
    refuse(detail, location);
  }
}

/** `uppers`: those of the overlays before this one. */
function checkOverlay(
  definition: DomainDefinition,
  overlay: OverlayOptions,
  uppers: PathIndex<OverlayOptions>,
): void {
  const { upper, position } = overlay;
  const location = { path: `${container}/tslxc:overlay`, position };
  const all = definition.extension.overlays ?? [];
  const subject = subjectOf(definition, overlay, { all, location });
  if (subject.type === 'ram' || subject.type === 'bind') {
    refuse(`a filesystem of type ${subject.type} can't be the base of an overlay`, location);
  }
  const other = uppers.overlapping(upper);
  if (other !== undefined) {
    refuse(`upper '${upper}' is already used in line ${other.position.line}`, location);
  }
  if (subject.type === 'mount' && isEither(subject.source, upper) && !isHostRoot(subject)) {
    refuse(`upper '${upper}' and the source '${subject.source}' overlap`, location);
  }
  if (isHostRoot(subject) && hasOwnIds(definition)) {
    const detail = "with an <idmap> the host's own / can't be the base of an overlay";
    refuse(`${detail}${wayBack(definition)}`, location);
  }
  checkLowers(overlay);
  if (optionsOf(definition, subject)?.propagation === 'shared') {
    refuse("an overlay belongs to one container: it can't be shared", location);
  }
}

/** Maximum number of lower layers, including the filesystem's source: what a plan can name, and overlayfs accepts. */
const mostLayers = 128;

function checkLowers({ upper, lowers = [], position }: OverlayOptions): void {
  const location = { path: `${container}/tslxc:overlay`, position };
  if (lowers.length >= mostLayers) {
    refuse(`an overlay has at most ${mostLayers} layers below 'upper'`, location);
  }
  for (const lower of lowers) {
    const at = { path: `${container}/tslxc:overlay/tslxc:lower`, position: lower.position };
    if (isSame(lower.dir, '/')) refuse("the host's own / can't be a lower layer", at);
    if (isEither(lower.dir, upper)) {
      refuse(`upper '${upper}' and the layer '${lower.dir}' overlap`, at);
    }
  }
}
