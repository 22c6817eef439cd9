/** Converts each kind of mount of an LXC configuration to an element. Pure. */
import type { Scene } from '../scene';
import { bytesOf } from '../limits/cgroup-values';
import { convertNodes, nodesAt } from './device-mounts';
import { hasOption, optionValue, unknownOptions, type MountEntry } from './mount-entry';
import { filesystemElement, moveAdvice, nothing, overlayPiece, type Piece } from './piece';
import { node, type PrintableElement } from '../../xml/print';

/** File systems on a device or in an image. */
const imageTypes =
  'ext2 ext3 ext4 xfs btrfs f2fs vfat exfat squashfs erofs iso9660 udf ntfs3'.split(' ');

/** `target` is an absolute path in the container. Undefined if the mount is left out, which is reported. */
export function convertKind(scene: Scene, mount: MountEntry, target: string): Piece | undefined {
  const { type } = mount;
  if (hasOption(mount, 'bind', 'rbind')) return convertBind(scene, mount, target);
  if (type === 'tmpfs') return convertRam(scene, mount, target);
  if (type === 'overlay' || type === 'overlayfs') return convertOverlay(scene, mount, target);
  if (imageTypes.includes(type)) return convertImage(scene, mount, target);
  const reason = `no <filesystem> is of type '${type}'; what the host has mounted can be bound`;
  scene.report.tell(mount.entry, reason);
  return undefined;
}

const readonlyOf = (mount: MountEntry): 'yes' | 'no' => (hasOption(mount, 'ro') ? 'yes' : 'no');

const accessOf = (mount: MountEntry): 'mapped' | undefined =>
  hasOption(mount, 'idmap=container') ? 'mapped' : undefined;

function tellUnknown({ report }: Scene, mount: MountEntry, also: RegExp): void {
  const unknown = unknownOptions(mount, also);
  if (unknown.length > 0) report.tell(mount.entry, `carried over without ${unknown.join(',')}`);
}

const noOthers = /^$/;

function convertBind(scene: Scene, mount: MountEntry, target: string): Piece | undefined {
  const { source } = mount;
  const isInside = hasOption(mount, 'relative');
  if (!isInside && !source.startsWith('/')) {
    scene.report.tell(mount.entry, 'the source is relative to where LXC is started');
    return undefined;
  }
  if (!isInside && isLeftOut(scene, mount)) return undefined;
  const nodes = isInside ? [] : nodesAt(scene.host, source);
  if (nodes.length > 0) return convertNodes(scene, mount, { target, nodes });
  const dir = isInside ? `/${source.replace(/^\/+/, '')}` : source;
  return treePiece(scene, mount, { target, dir, type: isInside ? 'bind' : 'mount' });
}

/** Whether an optional mount, or a device, has no source on the host: it is left out, since a start would refuse it. */
function isLeftOut({ host, report }: Scene, mount: MountEntry): boolean {
  const { source, entry } = mount;
  const isNeeded = !hasOption(mount, 'optional') && !source.startsWith('/dev/');
  if (isNeeded || host.paths.has(source)) return false;
  report.tell(entry, `'${source}' is not there: left out`);
  return true;
}

interface Tree {
  readonly type: 'mount' | 'bind';
  readonly dir: string;
  readonly target: string;
}

function treePiece(scene: Scene, mount: MountEntry, { type, dir, target }: Tree): Piece {
  tellUnknown(scene, mount, noOthers);
  const [readonly, access] = [readonlyOf(mount), accessOf(mount)];
  return {
    ...nothing,
    elements: [filesystemElement({ type, source: { dir }, target, readonly, access })],
    extension: treeOptions(mount, target),
  };
}

function treeOptions(mount: MountEntry, target: string): PrintableElement[] {
  const recursive = hasOption(mount, 'rbind') ? 'yes' : undefined;
  const isShared = hasOption(mount, 'shared', 'rshared');
  const isSlave = hasOption(mount, 'slave', 'rslave');
  const propagation = isShared ? 'shared' : isSlave ? 'slave' : undefined;
  if (recursive === undefined && propagation === undefined) return [];
  return [node('tslxc:filesystem', { target, recursive, propagation })];
}

/** The default size of tmpfs(5) is half of the host's memory. */
function convertRam(scene: Scene, mount: MountEntry, target: string): Piece | undefined {
  tellUnknown(scene, mount, /^(size=.*|mode=0?1777|nosuid|nodev)$/);
  const half = Math.floor(scene.host.memory / 2);
  const size = optionValue(mount, 'size');
  const usage = size === undefined ? half : ramUsage(size, scene.host.memory);
  if (usage === undefined || usage < 1) {
    scene.report.tell(mount.entry, `'${size ?? ''}' is not a size`);
    return undefined;
  }
  const source = { usage: String(usage), units: 'KiB' };
  const readonly = readonlyOf(mount);
  return { ...nothing, elements: [filesystemElement({ type: 'ram', source, target, readonly })] };
}

/** The size in KiB. */
function ramUsage(size: string, memory: number): number | undefined {
  const [, percent] = /^(\d{1,3})%$/.exec(size) ?? [];
  if (percent !== undefined) return Math.floor((memory * Number(percent)) / 100);
  const bytes = bytesOf(size);
  return bytes === undefined ? undefined : Number((bytes + 1023n) / 1024n);
}

function convertOverlay(scene: Scene, mount: MountEntry, target: string): Piece | undefined {
  const { entry } = mount;
  tellUnknown(scene, mount, /^(lowerdir|upperdir|workdir)=/);
  const lower = (optionValue(mount, 'lowerdir') ?? '').split(':');
  const upper = optionValue(mount, 'upperdir') ?? '';
  const isAbsolute = [...lower, upper].every((layer) => layer.startsWith('/'));
  const layers = { lower, upper, target, readonly: readonlyOf(mount) };
  const piece = isAbsolute ? overlayPiece(layers) : undefined;
  if (piece === undefined) {
    scene.report.tell(entry, 'an overlay has one lower and one upper layer, by absolute paths');
    return undefined;
  }
  if (piece.move !== undefined) scene.report.tell(entry, moveAdvice(piece.move));
  return piece;
}

function convertImage(scene: Scene, mount: MountEntry, target: string): Piece | undefined {
  const { source, entry } = mount;
  if (!source.startsWith('/')) {
    scene.report.tell(entry, 'the source is not an absolute path');
    return undefined;
  }
  if (isLeftOut(scene, mount)) return undefined;
  tellUnknown(scene, mount, noOthers);
  const [readonly, access] = [readonlyOf(mount), accessOf(mount)];
  const isFile = scene.host.paths.get(source)?.kind === 'file';
  const type = isFile ? 'file' : 'block';
  const ends = isFile ? { file: source } : { dev: source };
  return {
    ...nothing,
    elements: [filesystemElement({ type, source: ends, target, readonly, access })],
  };
}
