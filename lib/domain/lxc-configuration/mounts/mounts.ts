/** The mounts of an LXC configuration: their targets in the container, and which of them every container has anyway. Pure. */
import { isOwnNode } from '../devices/policy';
import { valueError, wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import { convertKind } from './mount-kinds';
import { parseMountEntry, type MountEntry } from './mount-entry';
import type { Piece } from './piece';
import { isWithin, withoutDots } from '../../xml/path';

export interface MountsWanted {
  /** The lines of the file that lxc.mount.fstab names. */
  readonly fstab: readonly Entry[];
  /** Directories of the host below which an absolute target may lie; undefined if the root is the host's. */
  readonly roots: readonly string[] | undefined;
}

/** In the order in which LXC mounts them. @throws TslxcError CONF_SYNTAX. */
export function convertMounts(scene: Scene, { fstab, roots }: MountsWanted): readonly Piece[] {
  readAutomaticMounts(scene);
  scene.settings.take('lxc.mount.fstab');
  const pieces = new Map<string, { readonly entry: Entry; readonly piece: Piece }>();
  for (const entry of [...fstab, ...scene.settings.takeAll('lxc.mount.entry')]) {
    const mount = parseMountEntry(entry);
    const target = targetInside(scene, mount, roots);
    if (target === undefined || isOwn(scene, mount, target)) continue;
    const piece = convertKind(scene, mount, target);
    if (piece === undefined) continue;
    const hidden = pieces.get(target);
    if (hidden !== undefined) {
      const { file, line } = entry.place;
      scene.report.tell(hidden.entry, `hidden by that of ${file}:${line}, and left out`);
    }
    pieces.set(target, { entry, piece });
  }
  return [...pieces.values()].map(({ piece }) => piece);
}

/** The target as an absolute path in the container; undefined if the mount is left out, which is reported. */
function targetInside(
  { report }: Scene,
  { target, entry }: MountEntry,
  roots: MountsWanted['roots'],
): string | undefined {
  if (target.split('/').includes('..')) {
    report.tell(entry, "a target has no '..'");
    return undefined;
  }
  if (!target.startsWith('/')) return withoutDots(`/${target}`);
  if (roots === undefined) return withoutDots(target);
  const root = roots.find((one) => isWithin(target, one));
  if (root !== undefined) return withoutDots(withoutDots(target).slice(withoutDots(root).length));
  report.tell(
    entry,
    'LXC ignores an absolute target that does not lie in the root of the container',
  );
  return undefined;
}

/** File systems that every container has, by target. */
const ownTypes: ReadonlyMap<string, RegExp> = new Map([
  ['/proc', /^proc$/],
  ['/sys', /^sysfs$/],
  ['/dev/pts', /^devpts$/],
  ['/sys/fs/cgroup', /^cgroup2?$/],
]);

/** Nodes that every container has, and that are the same devices as the host's. */
const usualNode = /^\/dev\/(null|zero|full|random|urandom)$/;

/** Mounts from lxcfs, which shows a container its own memory and CPUs. Every container of tslxc has them if the host has lxcfs. */
const ofLxcfs = /^\/var\/lib\/lxcfs\//;

/** Whether the container has its own file system or node at the target. A mount that differs from that is reported. */
function isOwn({ report }: Scene, mount: MountEntry, target: string): boolean {
  const { source, type, entry } = mount;
  if (ownTypes.get(target)?.test(type) === true || ofLxcfs.test(source)) return true;
  if (usualNode.test(target) && source === target) return true;
  const inOwn = ['/proc', '/sys'].find((path) => isWithin(target, path));
  const own = inOwn ?? (target === '/dev' || isOwnNode(target) ? target : undefined);
  if (own === undefined) return false;
  report.tell(entry, `the container has its own ${own}`);
  return true;
}

const automatic =
  /^(?:proc(?::(?:mixed|rw))?|sys(?::(?:ro|mixed|rw))?|cgroup(?:-full)?(?::(?:mixed|ro|rw))?(?::force)?|shmounts:.+)$/;

/** lxc.mount.auto: /proc, /sys and cgroups are always mounted, and the way in which they are can't be chosen. */
function readAutomaticMounts({ settings, report }: Scene): void {
  for (const entry of settings.takeAll('lxc.mount.auto')) {
    const words = wordsOf(entry);
    const unknown = words.find((word) => !automatic.test(word));
    if (unknown !== undefined) throw valueError(entry, `no file system '${unknown}'`);
    const open = words.filter((word) => /^(proc|sys):rw$|^cgroup-full|^shmounts:/.test(word));
    if (open.length === 0) continue;
    const instead = '/proc/sys and /sys are read-only, and its cgroups are its own';
    report.tell(entry, `instead of ${open.join(' ')} the container gets what all have: ${instead}`);
  }
}
