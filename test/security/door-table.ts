/**
 * Sixty files of /proc and /sys by which root reaches the host's kernel: helper programs that it would run, switches
 * that it would obey, memory and devices that it would show. Recipe T4 of the threat catalogue.
 */

const procSys = [
  'kernel/core_pattern',
  'kernel/core_pipe_limit',
  'kernel/modprobe',
  'kernel/modules_disabled',
  'kernel/hotplug',
  'kernel/poweroff_cmd',
  'kernel/sysrq',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/kptr_restrict',
  'kernel/dmesg_restrict',
  'kernel/randomize_va_space',
  'kernel/perf_event_paranoid',
  'kernel/unprivileged_bpf_disabled',
  'kernel/ftrace_enabled',
  'kernel/kexec_load_disabled',
  'kernel/yama/ptrace_scope',
  'kernel/threads-max',
  'kernel/pid_max',
  'kernel/printk',
  'kernel/usermodehelper/bset',
  'kernel/keys/maxkeys',
  'fs/suid_dumpable',
  'fs/protected_symlinks',
  'fs/file-max',
  'fs/binfmt_misc/register',
  'fs/binfmt_misc/status',
  'vm/panic_on_oom',
  'vm/drop_caches',
  'vm/overcommit_memory',
  'vm/mmap_min_addr',
  'dev/tty/legacy_tiocsti',
  'net/core/bpf_jit_enable',
  'net/ipv4/ip_forward',
].map((path) => `/proc/sys/${path}`);

const proc = [
  'sysrq-trigger',
  'dynamic_debug/control',
  'kcore',
  'kmsg',
  'mtrr',
  'irq/default_smp_affinity',
  'irq/0/smp_affinity',
  'acpi/wakeup',
  'scsi/scsi',
  'bus/pci/00/00.0',
  'fs/nfsd/threads',
  'slabinfo',
  'timer_list',
].map((path) => `/proc/${path}`);

const sys = [
  'kernel/uevent_helper',
  'kernel/mm/ksm/run',
  'kernel/mm/transparent_hugepage/enabled',
  'kernel/rcu_expedited',
  'kernel/profiling',
  'power/state',
  'power/disk',
  'power/wake_lock',
  'devices/system/cpu/cpu1/online',
  'devices/system/cpu/smt/control',
  'devices/system/memory/auto_online_blocks',
  'module/printk/parameters/time',
  'module/apparmor/parameters/mode',
  'bus/pci/rescan',
  'firmware/acpi/interrupts/sci',
  'firmware/efi/vars',
].map((path) => `/sys/${path}`);

export const doors: readonly string[] = [...procSys, ...proc, ...sys];

/** What is read-only, and root may try to make writable. */
export const readOnlyMounts: readonly string[] = [
  ...['/proc', '/proc/sys', '/proc/bus', '/proc/fs', '/proc/irq', '/sys', '/sys/fs/cgroup'],
  '/sys/firmware',
];

/** What covers something, and root may try to take away. */
export const covers: readonly string[] = [
  ...['/proc/sys', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sysrq-trigger', '/proc/kcore'],
  ...['/proc/kmsg', '/proc/mtrr', '/proc/timer_list', '/proc/slabinfo', '/proc/acpi', '/proc/scsi'],
  '/proc/dynamic_debug',
  '/sys/firmware',
];

/** File systems that root may mount anew, each with a file that it would open there. */
export const freshMounts: readonly (readonly [type: string, file: string])[] = [
  ['proc', 'sys/kernel/core_pattern'],
  ['sysfs', 'kernel/mm/ksm/run'],
  ['debugfs', 'clear_warn_once'],
  ['tracefs', 'tracing_on'],
  ['securityfs', 'lockdown'],
  ['configfs', 'nothing'],
  ['efivarfs', 'nothing'],
  ['pstore', 'nothing'],
  ['bpf', 'nothing'],
  ['binfmt_misc', 'register'],
  ['devtmpfs', 'null'],
];
