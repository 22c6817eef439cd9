/** Numbers of the system calls that the seccomp filter names, from the kernel's headers (asm/unistd*.h). Pure. */

/** The tables of system calls. A 64-bit kernel also has that of the 32-bit architecture before it. */
export type CallTable = 'x86_64' | 'i386' | 'aarch64' | 'arm';

/** The number in each table that has the call. `x32` if x32 has its own number besides that of x86_64. */
export type CallNumbers = Readonly<Partial<Record<CallTable | 'x32', number>>>;

export const systemCalls = {
  acct: { x86_64: 163, i386: 51, aarch64: 89, arm: 51 },
  add_key: { x86_64: 248, i386: 286, aarch64: 217, arm: 309 },
  bpf: { x86_64: 321, i386: 357, aarch64: 280, arm: 386 },
  clock_settime: { x86_64: 227, i386: 264, aarch64: 112, arm: 262 },
  clock_settime64: { i386: 404, arm: 404 },
  delete_module: { x86_64: 176, i386: 129, aarch64: 106, arm: 129 },
  fanotify_init: { x86_64: 300, i386: 338, aarch64: 262, arm: 367 },
  fanotify_mark: { x86_64: 301, i386: 339, aarch64: 263, arm: 368 },
  finit_module: { x86_64: 313, i386: 350, aarch64: 273, arm: 379 },
  fsconfig: { x86_64: 431, i386: 431, aarch64: 431, arm: 431 },
  fsmount: { x86_64: 432, i386: 432, aarch64: 432, arm: 432 },
  fsopen: { x86_64: 430, i386: 430, aarch64: 430, arm: 430 },
  fspick: { x86_64: 433, i386: 433, aarch64: 433, arm: 433 },
  init_module: { x86_64: 175, i386: 128, aarch64: 105, arm: 128 },
  ioctl: { x86_64: 16, i386: 54, aarch64: 29, arm: 54, x32: 514 },
  ioperm: { x86_64: 173, i386: 101 },
  iopl: { x86_64: 172, i386: 110 },
  kexec_file_load: { x86_64: 320, aarch64: 294, arm: 401 },
  kexec_load: { x86_64: 246, i386: 283, aarch64: 104, arm: 347, x32: 528 },
  keyctl: { x86_64: 250, i386: 288, aarch64: 219, arm: 311 },
  listmount: { x86_64: 458, i386: 458, aarch64: 458, arm: 458 },
  lookup_dcookie: { x86_64: 212, i386: 253, aarch64: 18, arm: 249 },
  mount_setattr: { x86_64: 442, i386: 442, aarch64: 442, arm: 442 },
  move_mount: { x86_64: 429, i386: 429, aarch64: 429, arm: 429 },
  nfsservctl: { x86_64: 180, i386: 169, aarch64: 42, arm: 169 },
  open_by_handle_at: { x86_64: 304, i386: 342, aarch64: 265, arm: 371 },
  open_tree: { x86_64: 428, i386: 428, aarch64: 428, arm: 428 },
  open_tree_attr: { x86_64: 467, i386: 467, aarch64: 467, arm: 467 },
  perf_event_open: { x86_64: 298, i386: 336, aarch64: 241, arm: 364 },
  personality: { x86_64: 135, i386: 136, aarch64: 92, arm: 136 },
  pidfd_getfd: { x86_64: 438, i386: 438, aarch64: 438, arm: 438 },
  quotactl: { x86_64: 179, i386: 131, aarch64: 60, arm: 131 },
  quotactl_fd: { x86_64: 443, i386: 443, aarch64: 443, arm: 443 },
  request_key: { x86_64: 249, i386: 287, aarch64: 218, arm: 310 },
  settimeofday: { x86_64: 164, i386: 79, aarch64: 170, arm: 79 },
  socket: { x86_64: 41, i386: 359, aarch64: 198, arm: 281 },
  statmount: { x86_64: 457, i386: 457, aarch64: 457, arm: 457 },
  stime: { i386: 25 },
  swapoff: { x86_64: 168, i386: 115, aarch64: 225, arm: 115 },
  swapon: { x86_64: 167, i386: 87, aarch64: 224, arm: 87 },
  syslog: { x86_64: 103, i386: 103, aarch64: 116, arm: 103 },
  uselib: { x86_64: 134, i386: 86, arm: 86 },
  userfaultfd: { x86_64: 323, i386: 374, aarch64: 282, arm: 388 },
  vm86: { i386: 166 },
  vm86old: { i386: 113 },
} as const satisfies Readonly<Record<string, CallNumbers>>;

export type CallName = keyof typeof systemCalls;

/** The numbers of a call in a table: none, one, or for x86_64 also that of x32. */
export function numbersOf(call: CallName, table: CallTable): readonly number[] {
  const numbers: CallNumbers = systemCalls[call];
  const native = numbers[table];
  const x32 = table === 'x86_64' ? numbers.x32 : undefined;
  return [native, x32].filter((number) => number !== undefined);
}
