/** Numbers of the kernel's interface that plans carry, each from its header. */

/** CLONE_NEW* of clone(2), linux/sched.h. */
export const namespaceFlags = {
  mount: 0x00020000,
  cgroup: 0x02000000,
  uts: 0x04000000,
  ipc: 0x08000000,
  user: 0x10000000,
  pid: 0x20000000,
  net: 0x40000000,
} as const;

/** MOUNT_ATTR_* of mount_setattr(2), linux/mount.h. */
export const mountAttributes = { readonly: 0x1, nosuid: 0x2, nodev: 0x4, noexec: 0x8 } as const;

/** MS_PRIVATE of mount(2). */
export const privatePropagation = 1 << 18;

/** MS_* propagation types of mount(2). */
export const propagationTypes = {
  private: privatePropagation,
  slave: 1 << 19,
  shared: 1 << 20,
} as const;

/** S_IFCHR, S_IFBLK and S_IFREG of inode(7). */
export const characterDevice = 0o020000;
export const blockDevice = 0o060000;
export const regularFile = 0o100000;

/** SIGKILL of signal(7). */
export const killSignal = 9;

/** MACVLAN_MODE_* of linux/if_link.h. */
export const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthrough: 8 } as const;

/** BRIDGE_VLAN_INFO_PVID and _UNTAGGED of linux/if_bridge.h. */
export const bridgeVlanFlags = { own: 1 << 1, untagged: 1 << 2 } as const;

/** RTA_PRIORITY of linux/rtnetlink.h for a `<route>` without a metric, as libvirt has it: a program's own route comes first. */
export const usualMetric = 1;
