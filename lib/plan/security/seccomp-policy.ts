/**
 * What the seccomp filter of the hardened level denies, and which capability allows it again; and what a filter denies
 * next to an AppArmor profile. These are lists of denials, so that newer calls work. The first list has what is not
 * namespaced, and what only the host may do. Pure.
 */
import { wholeFilesystem } from './filesystem-ioctls';
import type { CallName } from './system-calls';

/** Numbers of the capabilities that allow a call again, linux/capability.h. */
export const grantingCapabilities = {
  dac_read_search: 2,
  sys_module: 16,
  sys_rawio: 17,
  sys_ptrace: 19,
  sys_pacct: 20,
  sys_admin: 21,
  sys_boot: 22,
  sys_time: 25,
  syslog: 34,
  perfmon: 38,
  bpf: 39,
} as const;

/**
 * One argument decides, by its low 32 bits: each of these calls declares it as an int, so the kernel ignores the rest.
 * `deny` denies these values, compared by the bits in `mask` if the kernel looks at no others, and from a size on if it
 * accepts none below; `denyBits` denies whatever has one of those bits, and `needBits` whatever has none of them. If a call
 * has several rules, each has to let it pass; a rule with `allow`, which decides at once, has to be the only one of its
 * call. docs/internals/system-call-filter.md says of each rule what the kernel compares.
 */
export type ArgumentRule = Readonly<{ argument: number }> &
  (
    | Readonly<{ deny: readonly number[]; mask?: number; from?: number }>
    | Readonly<{ denyBits: number }>
    | Readonly<{ needBits: number }>
    | Readonly<{ allow: readonly number[] }>
  );

export interface DeniedCall {
  readonly call: CallName;
  /** Default: the call is denied with any arguments. */
  readonly when?: ArgumentRule;
  /** The capability that allows the call again, if the definition asks for it. Missing if no capability governs the call. */
  readonly grantedBy?: keyof typeof grantingCapabilities;
  /**
   * What the caller is told: `unknown` is ENOTTY, as if the file did not know the ioctl, and `absent` ENOSYS, as if the
   * kernel were older than the call. Default: EPERM.
   */
  readonly answer?: 'unknown' | 'absent';
  /** Only on kernels whose namespaces take ioctls of every type. Default: on all. */
  readonly where?: 'nsfs ignores types';
  readonly why: string;
}

/** TIOCSTI and TIOCLINUX, asm-generic/ioctls.h. */
export const terminalInjection = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c } as const;

/** TIOCCONS of asm-generic/ioctls.h. */
export const consoleTheft = { TIOCCONS: 0x541d } as const;

/**
 * From the descriptor of a mount namespace to the next one of the host, and the one before (Linux 6.12), linux/nsfs.h.
 * Later kernels also require the initial PID namespace.
 */
export const namespaceWalk = { NS_MNT_GET_NEXT: 0x8010b70b, NS_MNT_GET_PREV: 0x8010b70c } as const;

/** Parts of an ioctl's number, asm-generic/ioctl.h: what it is called by, and the size of what it is given. */
export const ioctlParts = { number: 0xff, typeAndNumber: 0xffff, size: 0x3fff0000 } as const;

/** MNT_NS_INFO_SIZE_VER0 of linux/nsfs.h in the place of the size. The kernel refuses less, and accepts any more. */
const leastNamespaceInfo = 16 << 16;

function walkBy(mask: number): readonly number[] {
  return Object.values(namespaceWalk).map((command) => command & mask);
}

/** FAN_MARK_FILESYSTEM of linux/fanotify.h; FAN_MARK_MNTNS (Linux 6.14) has it too. */
export const filesystemMark = 0x100;

/** Flags of fanotify_init(2), linux/fanotify.h. With one of the first two, events name a file and carry no descriptor. */
const fileHandles = { FAN_REPORT_FID: 0x200, FAN_REPORT_DIR_FID: 0x400 } as const;
const harmlessFlags = {
  ...fileHandles,
  FAN_CLOEXEC: 0x1,
  FAN_NONBLOCK: 0x2,
  FAN_REPORT_NAME: 0x800,
  FAN_REPORT_TARGET_FID: 0x1000,
} as const;

/**
 * What the kernel allows a process without any capability (FANOTIFY_USER_INIT_FLAGS). That leaves out FAN_CLASS_CONTENT
 * and FAN_CLASS_PRE_CONTENT, which hold the opener up until they answer; FAN_REPORT_PIDFD; and what knows no limit,
 * FAN_UNLIMITED_QUEUE and FAN_UNLIMITED_MARKS. FAN_REPORT_MNT is left out too: it is for a mark that is denied.
 */
const fanotifyFlags = {
  needed: bitsOf(fileHandles),
  denied: ~bitsOf(harmlessFlags) >>> 0,
} as const;

function bitsOf(flags: Readonly<Record<string, number>>): number {
  return Object.values(flags).reduce((bits, flag) => bits | flag, 0);
}

/** AF_ALG and AF_VSOCK, linux/socket.h. */
export const deniedFamilies = { AF_ALG: 38, AF_VSOCK: 40 } as const;

/** PER_LINUX, PER_LINUX32, both with UNAME26, and the query of the current one; linux/personality.h. */
const allowedPersonalities = [0, 0x8, 0x20000, 0x20008, 0xffffffff];

const clock = 'there is one wall clock';
const handles = 'a handle reaches any inode of the file system, past the root';
const filesystems = 'reaches all of the file system that the root lies on, past the root';
const kernelCode = 'runs code in the kernel';
const keys = 'keyrings have no namespace: without an id map, root’s are the host’s';
const opened = 'hands out what others have opened, outside the root too, and holds them up';
const obsolete = 'no program of today has it';
const mounts = 'tells of the mounts in every mount namespace of the host';
const ports = 'reaches the hardware';
const tracing = 'sees the whole kernel';
const walk = 'opens every mount namespace of the host, which setns(2) then enters';

/**
 * Open on purpose: mount and its family, namespaces, ptrace, io_uring, fanotify that names files, reboot (of the PID
 * namespace), and i386's socketcall(2). The family of the latter's sockets is behind a pointer, as is that of
 * io_uring's (IORING_OP_SOCKET, Linux 5.19): by these two, sockets of every family can be made.
 *
 * adjtimex and clock_adjtime are allowed too. A filter can't see what they do, which is behind a pointer. Reading must
 * work (`adjtimex`, NTP clients), and for every write the kernel itself requires CAP_SYS_TIME, which is dropped.
 */
export const deniedCalls: readonly DeniedCall[] = [
  {
    call: 'ioctl',
    when: { argument: 1, deny: Object.values(terminalInjection) },
    why: 'types into a terminal',
  },
  {
    call: 'ioctl',
    when: { argument: 1, deny: Object.values(consoleTheft) },
    grantedBy: 'sys_admin',
    why: 'what is written to the host’s console comes to this terminal',
  },
  {
    call: 'ioctl',
    when: { argument: 1, deny: Object.values(wholeFilesystem) },
    grantedBy: 'sys_admin',
    why: filesystems,
  },
  {
    call: 'ioctl',
    when: {
      argument: 1,
      mask: ioctlParts.typeAndNumber,
      deny: walkBy(ioctlParts.typeAndNumber),
    },
    grantedBy: 'sys_admin',
    why: walk,
  },
  // Other files have ioctls of these numbers too, such as FS_IOC_FIEMAP and PIDFD_GET_INFO, without which programs go another way.
  {
    call: 'ioctl',
    when: {
      argument: 1,
      mask: ioctlParts.number,
      deny: walkBy(ioctlParts.number),
      from: leastNamespaceInfo,
    },
    grantedBy: 'sys_admin',
    answer: 'unknown',
    where: 'nsfs ignores types',
    why: walk,
  },
  // The namespace is behind a pointer, so its own is denied as well: programs read /proc/self/mountinfo instead.
  { call: 'statmount', grantedBy: 'sys_admin', answer: 'absent', why: mounts },
  { call: 'listmount', grantedBy: 'sys_admin', answer: 'absent', why: mounts },
  {
    call: 'fanotify_mark',
    when: { argument: 1, denyBits: filesystemMark },
    grantedBy: 'sys_admin',
    why: filesystems,
  },
  // An event carries a descriptor of what was opened, on the mount of the process that opened it. For a process of the
  // host that lists a folder of the container's root, `..` leads on from there to the host's root.
  {
    call: 'fanotify_init',
    when: { argument: 0, denyBits: fanotifyFlags.denied },
    grantedBy: 'sys_admin',
    why: opened,
  },
  {
    call: 'fanotify_init',
    when: { argument: 0, needBits: fanotifyFlags.needed },
    grantedBy: 'sys_admin',
    why: opened,
  },
  {
    call: 'socket',
    when: { argument: 0, deny: Object.values(deniedFamilies) },
    why: 'a way into the kernel’s ciphers, and one to the hypervisor',
  },
  {
    call: 'personality',
    when: { argument: 0, allow: allowedPersonalities },
    why: 'switches protections of memory off',
  },
  { call: 'open_by_handle_at', grantedBy: 'dac_read_search', why: handles },
  { call: 'init_module', grantedBy: 'sys_module', why: kernelCode },
  { call: 'finit_module', grantedBy: 'sys_module', why: kernelCode },
  { call: 'delete_module', grantedBy: 'sys_module', why: kernelCode },
  { call: 'kexec_load', grantedBy: 'sys_boot', why: kernelCode },
  { call: 'kexec_file_load', grantedBy: 'sys_boot', why: kernelCode },
  { call: 'bpf', grantedBy: 'bpf', why: kernelCode },
  { call: 'perf_event_open', grantedBy: 'perfmon', why: tracing },
  { call: 'lookup_dcookie', grantedBy: 'perfmon', why: tracing },
  // Every process may read the kernel's log unless kernel.dmesg_restrict is set.
  { call: 'syslog', grantedBy: 'syslog', why: 'the kernel’s log is the host’s' },
  { call: 'keyctl', why: keys },
  { call: 'add_key', why: keys },
  { call: 'request_key', why: keys },
  { call: 'swapon', grantedBy: 'sys_admin', why: 'swap is the host’s' },
  { call: 'swapoff', grantedBy: 'sys_admin', why: 'swap is the host’s' },
  { call: 'quotactl', grantedBy: 'sys_admin', why: 'quotas are the file system’s' },
  { call: 'quotactl_fd', grantedBy: 'sys_admin', why: 'quotas are the file system’s' },
  { call: 'acct', grantedBy: 'sys_pacct', why: 'writes a file in the kernel’s name' },
  { call: 'iopl', grantedBy: 'sys_rawio', why: ports },
  { call: 'ioperm', grantedBy: 'sys_rawio', why: ports },
  { call: 'clock_settime', grantedBy: 'sys_time', why: clock },
  { call: 'clock_settime64', grantedBy: 'sys_time', why: clock },
  { call: 'settimeofday', grantedBy: 'sys_time', why: clock },
  { call: 'stime', grantedBy: 'sys_time', why: clock },
  // From a process of the container, it would take only what ptrace(2) gives as well. But a socket refers to the
  // process at its other end (SO_PEERPIDFD), which may be the host's, and which ptrace(2) can't address.
  { call: 'pidfd_getfd', grantedBy: 'sys_ptrace', why: opened },
  {
    call: 'userfaultfd',
    grantedBy: 'sys_ptrace',
    why: 'holds the kernel up in the middle of a fault, which makes races in it exploitable',
  },
  { call: 'nfsservctl', why: obsolete },
  { call: 'uselib', why: obsolete },
  { call: 'vm86', why: obsolete },
  { call: 'vm86old', why: obsolete },
];

/**
 * The mount API of Linux 5.2 and later. AppArmor's mount rules are for mount(2): of these calls a kernel mediates
 * move_mount at most, and mount_setattr could make a read-only mount writable again. Programs take ENOSYS as a sign of an
 * older kernel, and use mount(2).
 */
export const newMountCalls: readonly CallName[] = [
  'fsconfig',
  'fsmount',
  'fsopen',
  'fspick',
  'mount_setattr',
  'move_mount',
  'open_tree',
  'open_tree_attr',
];
