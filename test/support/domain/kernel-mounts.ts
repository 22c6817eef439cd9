/** What every container has mounted, besides what its definition says. */

/** What libvirt mounts in every container: target → source, type, options. */
export const kernelMounts = {
  '/dev': ['devfs', 'tmpfs', 'rw,nosuid,relatime'],
  '/dev/pts': ['devpts', 'devpts', 'rw,nosuid,noexec,relatime'],
  '/proc': ['proc', 'proc', 'rw,nosuid,nodev,noexec,relatime'],
  '/proc/sys': ['proc', 'proc', 'ro,nosuid,nodev,noexec,relatime'],
  '/sys': ['sysfs', 'sysfs', 'ro,nosuid,nodev,noexec,relatime'],
};

/** What the hardened profile puts over parts of /proc and /sys, and the container's own cgroup trees. */
export function isCover(target: string): boolean {
  if (target === '/proc/sys') return false;
  return /^\/(?:proc|sys)\/./.test(target);
}
