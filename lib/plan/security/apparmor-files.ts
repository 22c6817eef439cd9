/**
 * What a domain's AppArmor profile denies of the kernel's files, wherever they are shown, and of the domain's own.
 * Pure.
 *
 * Rules go by path, and root inside can give a path another beginning: by a mount namespace of its own whose root lies
 * elsewhere, or by a rename, seen from there, of the folder that something is mounted on. The names within procfs and
 * sysfs stay what they are. So what is worth most is denied by these, with any beginning.
 */
import type { DomainDefinition, Hardening } from '../../domain/definition';
import { withoutDots } from '../../domain/xml/path';
import { otherThan, quoted } from './apparmor-patterns';
import { otherFilesystems } from '../mounts/filesystems';
import { maskedInProc, maskedInSys } from '../mounts/masked-paths';

/** Writing, appending, links and locks; and all that can be done with a file. */
const write = 'wkl';
const any = 'rwklmx';

/** Sysctls that belong to namespaces of the container. */
const ownSysctls = ['domainname', 'hostname', 'msg*', 'sem*', 'shm*'];

/** Files that give the host away, by which no folder around them has to be known: nor are they bound elsewhere. */
export const knobNames = ['kcore', 'kmem', 'release_agent', 'sysrq-trigger', 'uevent_helper'];

/** Of /proc/sys, beside those of `kernel`: how the host's memory is used, and how many files there may be. */
const hostSysctls = [
  'fs/{aio-max-nr,binfmt_misc/*,file-max,mount-max,nr_open,pipe-*,protected_*,suid_dumpable}',
  'vm/{admin_*,compact*,dirty_*,drop_caches,min_*,mmap_*,nr_*,oom_*,overcommit_*,panic_on_oom,swappiness,user_*}',
];

/** Of sysfs: what changes how the kernel works, and which driver has a device. */
const hostKnobs = [
  'module/*/parameters/*',
  'power/{disk,resume,state}',
  '{driver_override,drivers_autoprobe,drivers_probe,new_id,remove_id,rescan,unbind}',
];

/**
 * A rule with any beginning has no `**` at its end where it can be helped: each such pair doubles the compiled profile.
 */
export function kernelFileRules(hardening: Hardening): string[] {
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

/** What the mounts mask, should they be taken off; at the root, too, where names of a mount that was let go begin. */
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

/** Where the file systems are that the container may not write to; without the root, below which the others lie. */
function readonlyTargets(definition: DomainDefinition): string[] {
  const targets = otherFilesystems(definition);
  const isWritten = (path: string): boolean =>
    targets.some((one) => !one.readonly && withoutDots(one.target).startsWith(`${path}/`));
  return targets
    .filter(({ readonly }) => readonly)
    .map(({ target }) => withoutDots(target))
    .filter((target) => !isWritten(target));
}

function deny(access: string, ...paths: readonly string[]): string[] {
  return paths.map((path) => `deny ${path} ${access},`);
}
