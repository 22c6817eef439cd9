/**
 * The paths in /proc and /sys that the hardened profile masks: all that Docker, Podman or systemd-nspawn mask. A path
 * that the kernel doesn't have is skipped.
 */

export type MaskedPath = readonly [path: string, kind: 'file' | 'directory'];

export const maskedInProc: readonly MaskedPath[] = [
  ['acpi', 'directory'],
  ['asound', 'directory'],
  ['dynamic_debug', 'directory'],
  ['interrupts', 'file'],
  ['kallsyms', 'file'],
  ['kcore', 'file'],
  ['key-users', 'file'],
  ['keys', 'file'],
  ['kmsg', 'file'],
  ['kpagecgroup', 'file'],
  ['kpagecount', 'file'],
  ['kpageflags', 'file'],
  ['latency_stats', 'file'],
  ['mtrr', 'file'],
  ['sched_debug', 'file'],
  ['scsi', 'directory'],
  ['slabinfo', 'file'],
  ['sysrq-trigger', 'file'],
  ['timer_list', 'file'],
  ['timer_stats', 'file'],
  ['vmallocinfo', 'file'],
];

/** Below /sys. */
export const maskedInSys: readonly MaskedPath[] = [
  ['devices/virtual/powercap', 'directory'],
  ['firmware', 'directory'],
  ['kernel/debug', 'directory'],
  ['kernel/notes', 'file'],
  ['kernel/security', 'directory'],
  ['kernel/tracing', 'directory'],
  ['kernel/vmcoreinfo', 'file'],
];

/** Below /proc: visible, but read-only. */
export const readonlyInProc: readonly string[] = ['bus', 'fs', 'irq', 'sys'];
