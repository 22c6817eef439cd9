/** The root of the container: lxc.rootfs.*. Pure. */
import { configurationError, wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import { filesystemElement, moveAdvice, nothing, overlayPiece, type Piece } from './piece';
import { TslxcError } from '../../../errors';
import { sanitizePath } from '../../filesystem/filesystem';

export interface Root extends Piece {
  /** If the root is a directory, its path on the host: absolute targets of mounts lie below it. */
  readonly directory?: string;
}

/** The path, and the type from its prefix or from lxc.rootfs.backend. */
interface RootPath {
  readonly type: string;
  readonly path: string;
  readonly entry: Entry;
}

const sourceAttributes = { mount: 'dir', file: 'file', block: 'dev' } as const;

/**
 * Without lxc.rootfs.path the container has the root of the host, as in LXC.
 *
 * @throws TslxcError CONFIG_UNSUPPORTED for a root that a domain can't have: if it were left out, the domain would have the host's.
 */
export function convertRoot(scene: Scene): Root {
  const root = rootPath(scene);
  const readonly = readRootOptions(scene);
  if (root === undefined) return nothing;
  const { type, path, entry } = root;
  if (type === 'overlay' || type === 'overlayfs') return overlayRoot(scene, root, readonly);
  const kind = kindOf(scene, root);
  if (kind === undefined) throw unsupported(entry, faultOf(root));
  const source = { [sourceAttributes[kind]]: path };
  const elements = [filesystemElement({ type: kind, source, target: '/', readonly })];
  return { ...nothing, elements, ...(kind === 'mount' ? { directory: path } : {}) };
}

function faultOf({ type, path }: RootPath): string {
  return path.startsWith('/')
    ? `no <filesystem> is of the kind '${type}'`
    : `'${path}' is not an absolute path`;
}

/** The root that the configuration names; undefined for the host's root. @throws TslxcError CONF_SYNTAX. */
export function rootPath({ settings }: Pick<Scene, 'settings'>): RootPath | undefined {
  const entry = settings.take('lxc.rootfs.path');
  const backend = settings.take('lxc.rootfs.backend');
  if (entry === undefined) return undefined;
  const [, prefix, rest = entry.value] = /^([a-z]+):(.*)$/.exec(entry.value) ?? [];
  const type = prefix ?? backend?.value ?? '';
  const path = type.startsWith('overlay') || !rest.startsWith('/') ? rest : sanitizePath(rest);
  if (path === '') throw configurationError(entry.place, `${entry.written} names no path`);
  return { type: type === 'best' ? '' : type, path, entry };
}

/** The type of the `<filesystem>`. For a path without a type, it depends on what the host has there. */
function kindOf(
  { host }: Scene,
  { type, path }: RootPath,
): keyof typeof sourceAttributes | undefined {
  const found = host.paths.get(path)?.kind;
  if (!path.startsWith('/')) return undefined;
  if (type === 'loop') return 'file';
  if (type === 'lvm') return 'block';
  if (['dir', 'btrfs'].includes(type)) return 'mount';
  // A ZFS data set is named by its mount point here; the name of a data set is not a path.
  if (type !== '' && type !== 'zfs') return undefined;
  if (found === 'file') return 'file';
  return found === 'block device' || path.startsWith('/dev/') ? 'block' : 'mount';
}

function overlayRoot({ report }: Scene, { path, entry }: RootPath, readonly: 'yes' | 'no'): Root {
  const layers = path.split(':').map(sanitizePath);
  const upper = layers.at(-1) ?? '';
  if (layers.length < 2 || !layers.every((layer) => layer.startsWith('/'))) {
    throw configurationError(entry.place, `${entry.written} is not overlay:/LOWER:/UPPER`);
  }
  const piece = overlayPiece({ lower: layers.slice(0, -1), upper, target: '/', readonly });
  if (piece === undefined) throw unsupported(entry, 'an overlay has one lower layer');
  if (piece.move !== undefined) report.tell(entry, moveAdvice(piece.move));
  return piece;
}

/** lxc.rootfs.options, of which a definition can express only `ro`. */
function readRootOptions({ settings, report }: Scene): 'yes' | 'no' {
  const entry = settings.take('lxc.rootfs.options');
  if (entry === undefined) return 'no';
  const options = wordsOf({ value: entry.value.replaceAll(',', ' ') });
  // With an id map, the files of the root have the container's ids in any case.
  const known = ['ro', 'rw', 'defaults', 'idmap=container'];
  const others = options.filter((option) => !known.includes(option));
  if (others.length > 0) report.tell(entry, `the root has no mount options ${others.join(',')}`);
  return options.includes('ro') ? 'yes' : 'no';
}

function unsupported({ written, value, place }: Entry, why: string): TslxcError {
  const { file, line } = place;
  const detail = `${file}:${line}: ${written} = ${value}: ${why}`;
  return new TslxcError('CONFIG_UNSUPPORTED', detail, { path: file, line });
}
