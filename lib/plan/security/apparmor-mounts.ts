/**
 * The mounts that a domain's AppArmor profile allows root in the container: enough for an init and the mount namespaces of
 * its services, and none that undoes a mask or a read-only mount. Pure.
 *
 * The rules name options with `=`: with `in`, the parser would also allow a mount without any option.
 */
import type { DomainDefinition } from '../../domain/definition';
import { withoutDots } from '../../domain/xml/path';
import { knobNames } from './apparmor-files';
import { otherThan, quoted } from './apparmor-patterns';
import { otherFilesystems } from '../mounts/filesystems';

/** Types that may be mounted anywhere: a new one is empty, or shows only what belongs to the container. */
const freshTypes = ['cgroup', 'cgroup2', 'devpts', 'hugetlbfs', 'mqueue', 'ramfs', 'tmpfs'];
/** File systems of a program in the container, which has /dev/fuse. */
const fuseTypes = ['fuse', 'fuse.*', 'fuseblk'];
/** File systems on a device that the container has. */
const diskTypes = ['btrfs', 'erofs', 'ext2', 'ext3', 'ext4', 'f2fs', 'iso9660', 'squashfs'];
const foreignDiskTypes = ['exfat', 'ntfs3', 'udf', 'vfat', 'xfs'];

/** Flags that a remount may set, besides `ro` and `bind`. */
const mountFlags = [
  'nosuid',
  'nodev',
  'noexec',
  'noatime',
  'nodiratime',
  'relatime',
  'strictatime',
  'silent',
];

const propagations = ['private', 'shared', 'slave', 'unbindable'];

/** The kernel's file systems wherever they are mounted, and everything in them. */
const kernelTrees = '/{,**/}{proc,sys}/{,**}';

export function mountRules(definition: DomainDefinition, hidden: readonly string[]): string[] {
  return [
    ...freshRules(definition),
    ...bindRules(),
    ...remountRules(definition),
    'pivot_root,',
    `deny pivot_root ${kernelTrees},`,
    'umount,',
    `deny umount ${kernelTrees},`,
    ...attachedPaths(definition, hidden).map((path) => `deny umount ${quoted(path, '{,/}')},`),
  ];
}

/**
 * New mounts. Not allowed are: sysfs, whose present mount is read-only and stays so; the file systems that belong to the
 * host (debugfs, tracefs, securityfs, configfs, pstore, efivarfs, binfmt_misc, bpf); and overlay, which shows the files
 * of its layers under other paths.
 */
function freshRules({ disks, hostDevices }: DomainDefinition): string[] {
  const types = [...freshTypes, ...fuseTypes];
  if (disks.length + hostDevices.length > 0) types.push(...diskTypes, ...foreignDiskTypes);
  return [
    ...types.map((type) => `mount fstype=${type},`),
    'mount fstype=fusectl -> /sys/fs/fuse/connections/,',
    // A new procfs has no masks, but the rules for its files apply under this name.
    'mount fstype=proc -> /{,**/}proc/,',
  ];
}

/** Files that systemd binds over themselves: those that a service must not change, and the one of its cgroup that it may. */
const boundOverThemselves = ['domainname', 'hostname', 'memory.pressure'];

/**
 * Binds and moves of anything but parts of procfs and sysfs. The rules for files match the names in those file systems, and a
 * bind of a part would hide the names above it. A mount point can be renamed from another mount namespace, so that a path's
 * last name proves nothing: a folder `sys` may be that of procfs, and is never bound. For a bind or a move, the
 * kernel checks no other options.
 */
function bindRules(): string[] {
  const changes = propagations.flatMap((kind) => [`make-${kind}`, `make-r${kind}`]);
  const within = '/{,**/}{proc,sys}/{,**/}';
  const moves: readonly (readonly [source: string, target: string])[] = [
    ['/{,**/}proc/', placeOtherThan(['proc'])],
    ['/{,**/}sys/', '/{,**}'],
    [`/{,**/}{${knobNames.join(',')}}`, '/{,**}'],
    [`${within}${otherThan(boundOverThemselves)}{,/}`, '/{,**}'],
    [`${within}{${boundOverThemselves.join(',')}}`, placeOtherThan(boundOverThemselves)],
  ];
  return [
    ...['bind', 'rbind', 'move'].map((kind) => `mount options=(${kind}),`),
    // Without a mount point the parser would read more into these rules.
    ...changes
      .flatMap((kind) => [kind, `${kind},silent`])
      .map((names) => `mount options=(${names}) -> /{,**},`),
    ...['bind,rbind', 'move'].flatMap((kinds) =>
      moves.map(([source, target]) => `deny mount options in (${kinds}) ${source} -> ${target},`),
    ),
  ];
}

function placeOtherThan(names: readonly string[]): string {
  return `{/,/{,**/}${otherThan(names)}{,/}}`;
}

/**
 * Remounts. Only of a mount, never of a file system, which the host may use too; and only to remove rights, not to give
 * them back. systemd sets `nosuid` on mounts of services that stay writable: that is allowed if no file system of the
 * domain is read-only.
 */
function remountRules(definition: DomainDefinition): string[] {
  const flags = mountFlags.join(',');
  const guarded = definition.filesystems.some(({ readonly }) => readonly) ? '/{,**}' : kernelTrees;
  return [
    `remount options in (bind,ro,${flags}) /{,**},`,
    `deny remount options in (ro,${flags}) /{,**},`,
    `deny remount options in (bind,${flags}) ${guarded},`,
  ];
}

/** The mount points that must not be unmounted, because what they cover would show. */
function attachedPaths(definition: DomainDefinition, hidden: readonly string[]): string[] {
  return [...otherFilesystems(definition).map(({ target }) => withoutDots(target)), ...hidden];
}
