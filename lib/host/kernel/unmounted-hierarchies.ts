/**
 * v1 cgroup hierarchies that the kernel has, and that this process sees no mount of: they were unmounted while there were cgroups
 * in them, or are mounted in another mount namespace only. Every process is in them nevertheless (cgroups(7)).
 */
import { readFileSync } from 'node:fs';
import { native } from '../native';
import type { CgroupHierarchy } from './cgroup-layout';

/** A process’s cgroup in each v1 hierarchy, by the hierarchy’s controllers and name as in /proc/PID/cgroup: `cpu,cpuacct`, `name=foo`. */
export function cgroupsOf(pid: number | 'self'): ReadonlyMap<string, string> {
  return parseCgroups(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
}

/** Pure. */
export function parseCgroups(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => line.split(':'));
  return new Map(
    lines.flatMap(([, name, ...path]): [string, string][] =>
      // v2 has no name.
      name === undefined || name === '' ? [] : [[name, path.join(':')]],
    ),
  );
}

/** Those that are not among the mounted ones. Their mounts name controllers in the kernel’s order, too. */
export function unmountedHierarchies(
  mounted: readonly Pick<CgroupHierarchy, 'controllers'>[],
  living: Iterable<string> = cgroupsOf('self').keys(),
): string[] {
  const known = new Set(mounted.map(({ controllers }) => controllers.join()));
  return [...living].filter((name) => !known.has(name));
}

/** MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV and MOUNT_ATTR_NOEXEC of linux/mount.h. */
const attributes = 0x2 | 0x4 | 0x8;

/**
 * The root of a living hierarchy, by a mount that is attached nowhere and gone with the descriptor. The caller closes it. One that does not
 * live is made by this.
 *
 * @throws SyscallError, such as EPERM in a user namespace that does not own the cgroup namespace.
 */
export function openHierarchy(name: string): number {
  const parts = name.split(',');
  const hasControllers = parts.some((part) => !part.startsWith('name='));
  return native().makeFilesystem('cgroup', hasControllers ? parts : ['none', ...parts], attributes);
}
