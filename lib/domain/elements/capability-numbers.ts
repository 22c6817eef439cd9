/** The capabilities of the kernel, as of Linux 6.18. */

/**
 * The number of each capability in linux/capability.h: first the capabilities that libvirt knows, in its output order, then the
 * kernel's newer ones.
 */
export const capabilityNumbers = {
  audit_control: 30,
  audit_write: 29,
  block_suspend: 36,
  chown: 0,
  dac_override: 1,
  dac_read_search: 2,
  fowner: 3,
  fsetid: 4,
  ipc_lock: 14,
  ipc_owner: 15,
  kill: 5,
  lease: 28,
  linux_immutable: 9,
  mac_admin: 33,
  mac_override: 32,
  mknod: 27,
  net_admin: 12,
  net_bind_service: 10,
  net_broadcast: 11,
  net_raw: 13,
  setgid: 6,
  setfcap: 31,
  setpcap: 8,
  setuid: 7,
  sys_admin: 21,
  sys_boot: 22,
  sys_chroot: 18,
  sys_module: 16,
  sys_nice: 23,
  sys_pacct: 20,
  sys_ptrace: 19,
  sys_rawio: 17,
  sys_resource: 24,
  sys_time: 25,
  sys_tty_config: 26,
  syslog: 34,
  wake_alarm: 35,
  audit_read: 37,
  perfmon: 38,
  bpf: 39,
  checkpoint_restore: 40,
} as const;

/** A capability of Linux (capabilities(7)), in lower case and without `CAP_`. */
export type CapabilityName = keyof typeof capabilityNumbers;
