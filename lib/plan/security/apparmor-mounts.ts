/**
 * What a domain's AppArmor profile lets root inside mount: enough for an init and its services' own mount namespaces, and
 * nothing by which a mask or a read-only mount is undone. Pure.
 *
 * What is allowed names its options with `=`: with `in`, the parser also lets through a mount without any option.
 */
import type { DomainDefinition } from '../../domain/definition';
import { withoutDots } from '../../domain/xml/path';
import { knobNames } from './apparmor-files';
import { otherThan, quoted } from './apparmor-patterns';
import { otherFilesystems } from '../mounts/filesystems';

/** Made anew by everybody, at any place: each is the container's own, or empty. */
const freshTypes = ['cgroup', 'cgroup2', 'devpts', 'hugetlbfs', 'mqueue', 'ramfs', 'tmpfs'];
/** Of a program of the container, by a /dev/fuse that it has been given. */
const fuseTypes = ['fuse', 'fuse.*', 'fuseblk'];
/** On a device that the container has been given. */
const diskTypes = ['btrfs', 'erofs', 'ext2', 'ext3', 'ext4', 'f2fs', 'iso9660', 'squashfs'];
const foreignDiskTypes = ['exfat', 'ntfs3', 'udf', 'vfat', 'xfs'];

/** What a remount may set beside `ro` and `bind`. */
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

/** Kernel file systems, and all that lies in them, wherever they are. */
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
 * No sysfs, whose old mount is read-only and stays so, and none of the file systems that are the host's: debugfs, tracefs,
 * securityfs, configfs, pstore, efivarfs, binfmt_misc, bpf. No overlay: it shows what lies in its layers by other paths.
 */
function freshRules({ disks, hostDevices }: DomainDefinition): string[] {
  const types = [...freshTypes, ...fuseTypes];
  if (disks.length + hostDevices.length > 0) types.push(...diskTypes, ...foreignDiskTypes);
  return [
    ...types.map((type) => `mount fstype=${type},`),
    'mount fstype=fusectl -> /sys/fs/fuse/connections/,',
    // Its masks are not there, but the rules for its files hold by this name.
    'mount fstype=proc -> /{,**/}proc/,',
  ];
}

/** Files that systemd binds over themselves: what a service is not to change, and the one of its cgroup that it may. */
const boundOverThemselves = ['domainname', 'hostname', 'memory.pressure'];

/**
 * Anything, but nothing out of procfs and sysfs, by whose names the rules for files go: a bind of a part of them would leave out
 * the names above it. What it is put on can be renamed, seen from another mount namespace, and so no name that ends a path is
 * enough: a `sys` may be procfs's own, and is bound nowhere. Of a bind or a move the kernel asks about no other options.
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
    // Without a place the parser takes these for more than they are.
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
 * Only of a mount, never of the file system, which may be the host's too; and it may take rights away, but not give
 * back any. A service's mounts get `nosuid` while they stay writable: allowed where nothing but the kernel's is read-only.
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

/** What would show, when it is taken off, what it was put over. */
function attachedPaths(definition: DomainDefinition, hidden: readonly string[]): string[] {
  return [...otherFilesystems(definition).map(({ target }) => withoutDots(target)), ...hidden];
}
