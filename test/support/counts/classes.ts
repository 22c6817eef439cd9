/** System calls by what they cost: what is made, mounted, opened and written, and how many there are in all. */
import { resultOf } from './traced-calls';
import type { CountedCall } from './traced-life';

/** Calls of a part of a container's life. Each is exact, but for `calls` and `bytes`. */
export interface Counts {
  /** Processes that are made; threads are none. */
  readonly processes: number;
  /** Programs that are executed. */
  readonly executed: number;
  /** Calls that make, change, attach and detach mounts. */
  readonly mounts: number;
  /** Files and folders that are opened, or that could not be, but for those of cgroups. */
  readonly opened: number;
  readonly cgroupFoldersMade: number;
  readonly cgroupFoldersRemoved: number;
  /** Attributes that are set on folders of cgroups. */
  readonly cgroupMarks: number;
  readonly cgroupFilesRead: number;
  readonly cgroupFilesWritten: number;
  /** Writes to them. */
  readonly cgroupWrites: number;
  /** Calls that wait for a disk. */
  readonly syncs: number;
  readonly renamed: number;
  readonly removed: number;
  /** Bytes that are written to files. */
  readonly bytes: number;
  /** All calls but those whose number depends on how busy the machine is, and those that belong to another one. */
  readonly calls: number;
}

export type CountedClass = keyof Counts;

const cgroups = '/sys/fs/cgroup/';

const names = {
  made: ['clone', 'clone3', 'fork', 'vfork'],
  executed: ['execve', 'execveat'],
  mounts: [
    ...['mount', 'umount2', 'open_tree', 'fsopen', 'fspick', 'fsmount', 'mount_setattr'],
    ...['move_mount', 'pivot_root'],
  ],
  opened: ['open', 'openat', 'openat2', 'creat'],
  written: ['write', 'writev', 'pwrite64', 'pwritev'],
  syncs: ['fsync', 'fdatasync', 'syncfs', 'sync', 'sync_file_range', 'msync'],
  renamed: ['rename', 'renameat', 'renameat2'],
  removed: ['unlink', 'unlinkat'],
} as const;

/**
 * Calls that are not in the sum. Waiting, waking up and memory: how often depends on which process was faster. Reads, writes and
 * closes: belong to an opening or to a message. Signals' actions, descriptors' flags and limits: libc and Node.js ask for them as
 * often as their versions like.
 */
const uncounted = new Set([
  ...['futex', 'sched_yield', 'restart_syscall', 'rt_sigreturn', 'poll', 'ppoll', 'select'],
  ...['epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'epoll_ctl', 'epoll_create1', 'clock_nanosleep'],
  ...['mmap', 'munmap', 'mprotect', 'madvise', 'brk', 'mremap', 'membarrier', 'pkey_alloc'],
  ...['read', 'write', 'readv', 'writev', 'pread64', 'pwrite64', 'close', 'lseek'],
  ...['recvfrom', 'recvmsg', 'sendto', 'sendmsg', 'shutdown', 'wait4', 'waitid'],
  ...['rt_sigaction', 'rt_sigprocmask', 'fcntl', 'ioctl', 'prlimit64', 'getpid', 'gettid'],
  ...['inotify_init1', 'inotify_add_watch', 'getrandom', 'io_uring_enter', 'sched_getaffinity'],
]);

const isOf = (list: readonly string[], { name }: CountedCall): boolean => list.includes(name);

/** What a call opens or works on, as far as it says: its first path, or the path of its first descriptor. */
function pathOf({ text, name }: CountedCall): string {
  // With a folder's descriptor: what was opened.
  const [, opened] = /.*\)\s+= \d+<(.*)>$/s.exec(text) ?? [];
  if ((names.opened as readonly string[]).includes(name) && opened !== undefined) return opened;
  const [, descriptor] = /^\w+\(\d+<([^>]*)>/.exec(text) ?? [];
  const [, path] = /"([^"]*)"/.exec(text) ?? [];
  return (names.written as readonly string[]).includes(name)
    ? (descriptor ?? '')
    : (path ?? descriptor ?? '');
}

/** What init opens by that name is what it shows in its own root. */
const isOnCgroup = (call: CountedCall): boolean =>
  pathOf(call).startsWith(cgroups) && !(call.process === 'init' && isOf(names.opened, call));

/** A file, and no pipe, socket, pty or the kernel's own objects. */
function isFile(path: string): boolean {
  return path.startsWith('/') && !path.startsWith('/dev/') && !path.startsWith(cgroups);
}

/**
 * What says nothing of what a process was told to do: libc looks once in a process, when threads first want memory at the same time,
 * how many processors there are, and when memory is first given back, whether it may (malloc/arena.c); and a machine's security
 * modules are asked how they are.
 */
const elsewhere =
  /^(\/proc\/sys\/vm\/overcommit_memory|\/sys\/devices\/system\/cpu\/online)$|^\/proc\/(\d+|self|thread-self)\/attr\/|^\/sys\/(fs\/selinux|kernel\/security|module\/apparmor)\/|^\/etc\/selinux\//;

/**
 * The monitor looks through the container's cgroups for what is frozen when an init that it has killed is still there ten milliseconds
 * later (native/monitor/supervisor.cc), as on a busy machine. After the kill, it has nothing else to do with them.
 */
function lateLooks(all: readonly CountedCall[]): ReadonlySet<CountedCall> {
  const own = all.filter(({ process }) => process === 'monitor');
  const kill = own.findIndex((call) => /^pidfd_send_signal\(.*SIGKILL/.test(call.text));
  const after = kill === -1 ? [] : own.slice(kill + 1);
  return new Set(
    after.filter((call) => isOnCgroup(call) || /^\w+\(\d+<\/sys\/fs\/cgroup\//.test(call.text)),
  );
}

/** The calls of each class. */
export function classify(
  all: readonly CountedCall[],
): Record<CountedClass, readonly CountedCall[]> {
  const late = lateLooks(all);
  const isMeant = (call: CountedCall): boolean => !late.has(call) && !elsewhere.test(pathOf(call));
  const calls = all.filter((call) => call.process === 'init' || isMeant(call));
  const opened = calls.filter((call) => isOf(names.opened, call));
  const onCgroups = opened.filter(isOnCgroup);
  const isForWriting = ({ text }: CountedCall): boolean => /\bO_(WRONLY|RDWR)\b/.test(text);
  const written = calls.filter((call) => isOf(names.written, call));
  const cgroupCalls = (name: string): readonly CountedCall[] =>
    calls.filter((call) => call.name === name && isOnCgroup(call));
  return {
    processes: calls.filter(
      (call) => isOf(names.made, call) && !call.text.includes('CLONE_THREAD'),
    ),
    executed: calls.filter((call) => isOf(names.executed, call) && resultOf(call) === 0),
    mounts: calls.filter((call) => isOf(names.mounts, call)),
    opened: opened.filter((call) => !isOnCgroup(call)),
    cgroupFoldersMade: cgroupCalls('mkdir'),
    cgroupFoldersRemoved: cgroupCalls('rmdir'),
    cgroupMarks: cgroupCalls('setxattr'),
    cgroupFilesRead: onCgroups.filter((call) => !isForWriting(call)),
    cgroupFilesWritten: onCgroups.filter(isForWriting),
    cgroupWrites: written.filter(isOnCgroup),
    syncs: calls.filter((call) => isOf(names.syncs, call)),
    renamed: calls.filter((call) => isOf(names.renamed, call)),
    removed: calls.filter((call) => isOf(names.removed, call)),
    bytes: written.filter((call) => isFile(pathOf(call))),
    calls: calls.filter(({ name }) => !uncounted.has(name)),
  };
}

/** How many calls there are of each class; of `bytes`, what they have written. */
export function countCalls(all: readonly CountedCall[]): Counts {
  const classes = classify(all);
  const counts = Object.fromEntries(
    Object.entries(classes).map(([name, calls]) => [name, calls.length]),
  ) as unknown as Counts;
  const bytes = classes.bytes.reduce((sum, call) => sum + Math.max(resultOf(call) ?? 0, 0), 0);
  return { ...counts, bytes };
}
