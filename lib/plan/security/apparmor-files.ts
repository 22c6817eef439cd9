/**
 * The rules of a domain's AppArmor profile that deny files of the kernel, wherever they are mounted, and files of the
 * domain. Pure.
 *
 * Rules match paths, and root in the container can change the beginning of a path: in its own mount namespace with another
 * root, or by renaming, from there, the folder of a mount point. It can't change the names inside procfs and sysfs. So
 * the most important files are denied by those names, with any beginning.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import { foldersAbove, withoutDots } from '../../domain/xml/path';
import { otherThan, quoted } from './apparmor-patterns';
import { otherFilesystems } from '../mounts/filesystems';
import { maskedInProc, maskedInSys } from '../mounts/masked-paths';

/** Permissions: writing, appending, links and locks; and every access to a file. */
const write = 'wkl';
const any = 'rwklmx';

/** Sysctls that belong to namespaces of the container. */
const ownSysctls = ['domainname', 'hostname', 'msg*', 'sem*', 'shm*'];

/** Files that give control of the host. They are denied by name in any folder, and may not be bound elsewhere. */
export const knobNames = ['kcore', 'kmem', 'release_agent', 'sysrq-trigger', 'uevent_helper'];

/** Other files of /proc/sys: the use of the host's memory, and the number of files. */
const hostSysctls = [
  'fs/{aio-max-nr,binfmt_misc/*,file-max,mount-max,nr_open,pipe-*,protected_*,suid_dumpable}',
  'vm/{admin_*,compact*,dirty_*,drop_caches,min_*,mmap_*,nr_*,oom_*,overcommit_*,panic_on_oom,swappiness,user_*}',
];

/** Files of sysfs that change how the kernel works, and which driver a device has. */
const hostKnobs = [
  'module/*/parameters/*',
  'power/{disk,resume,state}',
  '{driver_override,drivers_autoprobe,drivers_probe,new_id,remove_id,rescan,unbind}',
];

/**
 * A rule that begins with `**` has none at its end if possible: each such pair doubles the compiled profile.
 */
export function kernelFileRules(hardening: Confinement): string[] {
  return [
    ...deny(any, '/{,**/}{kcore,kmem,sysrq-trigger}', '/{,**/}proc/mem'),
    ...deny(write, '/{,**/}{release_agent,uevent_helper}'),
    ...deny(write, `/{,**/}proc/sys/${otherThan(['kernel', 'net'])}{,/**}`),
    // That of procfs, and that of sysfs.
    ...deny(write, `/{,**/}sys/kernel/${otherThan(ownSysctls)}{,/**}`),
    ...deny(write, ...hostSysctls.map((path) => `/{,**/}sys/${path}`)),
    ...deny(write, `/sys/${otherThan(['class', 'devices', 'fs'])}{,/**}`),
    ...deny(write, `/sys/class/${otherThan(['net'])}{,/**}`),
    ...deny(write, `/sys/devices/${otherThan(['virtual'])}{,/**}`),
    ...deny(write, `/sys/devices/virtual/${otherThan(['net'])}{,/**}`),
    ...deny(write, `/sys/fs/${otherThan(['cgroup'])}{,/**}`),
    ...deny(write, ...hostKnobs.map((path) => `/{,**/}${path}`)),
    ...deny(any, '/sys/firmware/efi/efivars/**', '/sys/kernel/security/**'),
    ...(hardening === 'hardened' ? maskedRules() : []),
  ];
}

/** Denies the masked paths too, in case the masks are unmounted; also at the root, where the paths of a detached mount begin. */
function maskedRules(): string[] {
  const inProc = maskedInProc.map(([path, kind]) => `${path}${kind === 'file' ? '' : '/{,*}'}`);
  const inSys = maskedInSys.map(([path, kind]) => `${path}${kind === 'file' ? '' : '/**'}`);
  return deny(any, `/{,proc/,**/proc/}{${inProc.join(',')}}`, `/sys/{${inSys.join(',')}}`);
}

/** Read-only file systems, and the directories of tslxc that a shared root hides. */
export function ownFileRules(definition: DomainDefinition, hidden: readonly string[]): string[] {
  return [
    ...readonlyTargets(definition).flatMap((target) => deny(write, quoted(target, '/**'))),
    ...hidden.flatMap((path) => deny(any, quoted(path, '/**'))),
  ];
}

/** The targets of read-only file systems, without the root, below which the others lie. */
function readonlyTargets(definition: DomainDefinition): string[] {
  const targets = otherFilesystems(definition);
  const written = targets.filter(({ readonly }) => !readonly);
  const aboveWritten = new Set(written.flatMap(({ target }) => foldersAbove(target)));
  return targets
    .filter(({ readonly }) => readonly)
    .map(({ target }) => withoutDots(target))
    .filter((target) => !aboveWritten.has(target));
}

function deny(access: string, ...paths: readonly string[]): string[] {
  return paths.map((path) => `deny ${path} ${access},`);
}
