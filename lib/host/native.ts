/**
 * The only access to the addon: typed functions that throw a SyscallError for an errno. Each function is one
 * system call, one netlink exchange or one job, and makes no decisions. Descriptors are plain numbers that
 * the caller owns and closes (closeDescriptor). Functions that can block return promises and run off
 * the event loop; those that wait for a lock use their own thread.
 */
import { SyscallError } from '../errors';
import type { MemoryCalls } from './calls/memory-calls';
import type { QuotaCalls } from './calls/quota-calls';
import type { SocketCalls } from './calls/socket-calls';
import type { TreeCalls } from './calls/tree-calls';
import type { LinkRequest } from './calls/link-request';
import { loadAddon } from './addon';
import type { OwnSurveyRequest, SurveyRequest } from './calls/survey-request';

/** One thing to do in the cgroup file systems; paths are absolute host paths. */
export type CgroupStep =
  /** mkdir(2) with mode 0755. EEXIST is an error if `exclusive`, and not if `shared`. */
  | Readonly<{ step: 'make'; path: string; existing: 'exclusive' | 'shared' }>
  /** Writes `value` to the file `path` in one write(2). */
  | Readonly<{ step: 'write'; path: string; value: string }>
  /** setxattr(2) of `value` under `name` on the directory `path`. */
  | Readonly<{ step: 'mark'; path: string; name: string; value: string }>
  /** chown(2) of a directory or file of a cgroup: its owner may manage the cgroups below it (cgroups(7)). */
  | Readonly<{ step: 'own'; path: string; uid: number; gid: number }>
  /** Attaches a device program (BPF_PROG_TYPE_CGROUP_DEVICE) to the v2 directory `path`, and replaces an earlier one. */
  | Readonly<{ step: 'devices'; path: string; rules: readonly DeviceRule[] }>;

/** Allows access to a device. Access that no rule allows is refused (EPERM). */
export interface DeviceRule {
  readonly type: 'c' | 'b' | 'a';
  /** -1 means any. */
  readonly major: number;
  /** -1 means any. */
  readonly minor: number;
  /** Any of `r`, `w`, `m` (mknod), in that order. */
  readonly access: string;
}

/** What a started monitor waits for. */
export interface MonitorInstructions {
  /** Run in order while the monitor starts; then it is told `continue`. If one fails, the promise rejects, and the monitor has
   *  ended. The array is read once and remembered, so it may never change. */
  readonly cgroups: readonly CgroupStep[];
  /** The framed bytes that are written to the monitor's socket, before the monitor is spawned if they are available by then. */
  readonly plan: Uint8Array;
}

export interface MonitorProgram {
  /** O_PATH descriptor of the monitor's executable. */
  readonly executable: number;
  /** The arguments from argv[0] on, as `ps` shows them; the addon appends nothing. */
  readonly argv: readonly string[];
  /** Descriptor of the v2 cgroup that the monitor is cloned into, or -1. */
  readonly leafCgroup: number;
  /** Descriptors that the monitor gets as 6, 7, … in this order, besides 3 (channel), 5 (leaf, if any). */
  readonly descriptors: readonly number[];
}

export interface MonitorRequest extends MonitorProgram, MonitorInstructions {}

/** An image for a loop device, loop(4); if it is read-only, so is the device. */
interface LoopRequest {
  readonly number: number;
  readonly image: string;
  readonly access: 'readOnly' | 'readWrite';
}

export interface Pty {
  readonly master: number;
  readonly slave: number;
  /** `/dev/pts/N` */
  readonly path: string;
}

/** The size of a terminal. */
export interface WindowSize {
  /** Lines of text. */
  readonly rows: number;
  /** Characters in a line. */
  readonly columns: number;
}

/** A network interface as rtnetlink(7) sees it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** `veth`, `bridge`, `macvlan`, or '' for a physical one. */
  readonly kind: string;
  /** Colon-separated, lower case; '' when it has none. */
  readonly address: string;
  readonly mtu: number;
  /** Index of the bridge it is a port of, or 0. */
  readonly master: number;
  /** Index of the device below (macvlan) or of the peer (veth), which may be in another namespace; 0 for none. */
  readonly parent: number;
  /** IFF_UP. */
  readonly up: boolean;
  /** IFF_LOWER_UP: frames can pass. */
  readonly carrier: boolean;
  /** For a bridge: whether VLAN filtering is on. */
  readonly vlanFiltering: boolean;
  readonly statistics: LinkStatistics;
  /** Further names, which move with it to another namespace. */
  readonly alternativeNames: readonly string[];
}

/** Counters of an interface from its own point of view: struct rtnl_link_stats64. */
export interface LinkStatistics {
  /** Bytes received. */
  readonly rxBytes: bigint;
  /** Packets received. */
  readonly rxPackets: bigint;
  /** Packets that were received damaged. */
  readonly rxErrors: bigint;
  /** Packets that were received and dropped. */
  readonly rxDropped: bigint;
  /** Bytes sent. */
  readonly txBytes: bigint;
  /** Packets sent. */
  readonly txPackets: bigint;
  /** Packets that could not be sent. */
  readonly txErrors: bigint;
  /** Packets that were dropped instead of being sent. */
  readonly txDropped: bigint;
}

/** What the kernel's caches know about a file: statx(2). */
export interface Glance {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: bigint;
  /** Device of its file system, as makedev(3) encodes it. */
  readonly device: bigint;
  readonly inode: bigint;
  /** Device number of a device node itself, encoded in the same way. */
  readonly node: bigint;
  /** The number of its mount in proc_pid_mountinfo(5). */
  readonly mount: bigint;
  /** Its path without links. */
  readonly realPath: string;
}

export interface LinkChange {
  readonly state?: 'up' | 'down';
  readonly address?: string;
  readonly mtu?: number;
  /** Name of the bridge to join, or '' to leave the present one. */
  readonly master?: string;
  readonly name?: string;
  /** Descriptor of the network namespace to move it to. */
  readonly namespace?: number;
  /** For a bridge port: no frames are forwarded between isolated ports. */
  readonly isolated?: boolean;
  /** For a bridge: VLAN filtering. */
  readonly vlanFiltering?: boolean;
  /** Alternative names to remove. */
  readonly droppedNames?: readonly string[];
}

/** RTM_NEWADDR. */
export interface LinkAddress {
  /** Index of the interface. */
  readonly index: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  /** The other end of a point-to-point link; '' for none. */
  readonly peer: string;
  readonly scope: 'global' | 'site' | 'link' | 'host';
  /** IFA_F_TENTATIVE: duplicate address detection has not ended. */
  readonly tentative: boolean;
}

/** RTM_NEWROUTE, of the main table. */
export interface LinkRoute {
  /** Index of the interface by which packets leave. */
  readonly index: number;
  readonly family: 'ipv4' | 'ipv6';
  /** The unspecified address for the default route. */
  readonly address: string;
  readonly prefix: number;
  /** '' for none. */
  readonly gateway: string;
  readonly metric: number;
}

/** RTM_NEWNEIGH: an entry of the host's neighbour table. */
export interface Neighbour {
  readonly index: number;
  readonly address: string;
  readonly mac: string;
  /** The state in rtnetlink(7) in lower case: `reachable` for NUD_REACHABLE. */
  readonly state: string;
}

/** Every function of the addon. Failures are SyscallError with `errno`, `syscall` and mostly `path`. */
export interface Native extends MemoryCalls, QuotaCalls, SocketCalls, TreeCalls {
  /** One job off the event loop: writes the plan into a socket pair, spawns the monitor's stage 0 (posix_spawn, own session,
   *  `/dev/null` on 0-2, default signals), meanwhile runs the cgroup steps, and waits for stage 0. Resolves to the caller's end
   *  of the channel (a stream socket, CLOEXEC, non-blocking). */
  startMonitor(request: MonitorRequest): Promise<number>;
  /** The other half of `startMonitor`, in a job of its own, for a monitor that was started without a plan and without cgroup
   *  steps: `channel` is what `startMonitor` resolved to. The monitor waits for the plan for ten seconds. */
  instructMonitor(channel: number, instructions: MonitorInstructions): Promise<void>;
  /** Only the spawn of `startMonitor`: `channel` is the monitor's end of a stream socketpair(2), which the caller closes afterwards. */
  executeMonitor(program: MonitorProgram, channel: number): Promise<void>;

  /** For tests alone: nothing in lib/ calls it. Runs encoded plan operations by the monitor's own interpreter, in a new
   *  thread that first joins the namespaces of the descriptors `join` (setns(2)) and then leaves those of the flags
   *  `unshare` (CLONE_NEW*). So each operation is tested without a container around it. */
  runOperations(
    operations: Uint8Array,
    options: { join: readonly number[]; unshare: number },
  ): Promise<void>;

  makeFilesystem(type: string, options: readonly string[], attributes: number): number;
  /** openat2(2) with RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS; `flags` as open(2), O_CLOEXEC is added. */
  openInRoot(root: number, path: string, flags: number): number;
  /** What the kernel's caches know about a path, resolved below `root` as in the container unless that is ''; undefined if a file
   *  system would have to be asked, or before Linux 5.12. Never blocks: openat2(2) with RESOLVE_CACHED, statx(2) with
   *  AT_STATX_DONT_SYNC. Throws if the caches know that nothing is there. */
  glance(root: string, path: string): Glance | undefined;
  /** Whether anything was mounted or unmounted since `fd`, an open file of proc_pid_mountinfo(5), was opened or last asked about. */
  hasChanged(fd: number): boolean;
  /** The errno of ioctl(2) with a null argument on the file, opened for reading, or 0: for numbers by which nothing is opened. */
  tryIoctl(path: string, command: number): number;
  /** A sealed memory file with the content of `path` (memfd_create(2), F_SEAL_WRITE …), O_CLOEXEC. */
  sealedCopy(path: string): number;

  /** Attaches the image to the loop device of that number until `detachLoop`; makes the device if there is none (LOOP_CTL_ADD,
   *  LOOP_CONFIGURE). EBUSY with the device's path if it has an image already. */
  attachLoop(request: LoopRequest): Promise<void>;
  /** Detaches the image (LOOP_CLR_FD), which takes effect when the last process closes the device, and removes the device unless
   *  another process has it open (LOOP_CTL_REMOVE). A device without an image, or none, is no error. */
  detachLoop(number: number): Promise<void>;

  /** The array is read once, and may never change. */
  applyCgroupSteps(steps: readonly CgroupStep[]): Promise<void>;
  /** Kills every process below the cgroups (cgroup.kill where there is one, else pidfd signals until
   *  empty), thawing v1 ones. Missing ones are skipped. Resolves when all are empty; rejects EBUSY after `milliseconds`. */
  killCgroups(paths: readonly string[], milliseconds: number): Promise<void>;
  /** Removes the cgroups with all below them, deepest first, retrying EBUSY for `milliseconds`. Missing ones are skipped. */
  removeCgroups(paths: readonly string[], milliseconds: number): Promise<void>;
  /** The same for those of `paths`, in their order, that have the extended attribute `mark`; then for those without any such
   *  attribute, if they are empty. `inner` is the name of a cgroup that is likely to be below them. */
  removeMarkedCgroups(
    paths: readonly string[],
    options: Readonly<{ mark: Readonly<{ name: string; value: string }>; inner: string }>,
    milliseconds: number,
  ): Promise<void>;
  /** The pids in the cgroups and below, each once, at most `most`. Missing cgroups have none. */
  processesInCgroups(paths: readonly string[], most: number): Promise<number[]>;
  /** Writes v2 cgroup.freeze or v1 freezer.state and waits until the state is reached; ETIMEDOUT after `milliseconds`. */
  freezeCgroup(path: string, state: 'frozen' | 'thawed', milliseconds: number): Promise<void>;

  createLink(request: LinkRequest, namespace?: number): Promise<void>;
  changeLink(name: string, change: LinkChange, namespace?: number): Promise<void>;
  deleteLink(name: string, namespace?: number): Promise<void>;
  /** As `deleteLink`, but resolves when the name is free, some 20 ms before the kernel has finished the removal. */
  removeLinkName(name: string, namespace?: number): Promise<void>;
  listLinks(namespace?: number): Promise<Link[]>;
  /** `broadcast` and `peer` may be ''. Without duplicate address detection. EEXIST if the interface has the address. */
  addAddress(
    name: string,
    address: Readonly<{ address: string; prefix: number; peer: string; broadcast: string }>,
    namespace?: number,
  ): Promise<void>;
  listAddresses(namespace?: number): Promise<LinkAddress[]>;
  /** `gateway` may be ''. Metric 0 means the kernel's default. */
  addRoute(
    name: string,
    route: Readonly<{ address: string; prefix: number; gateway: string; metric: number }>,
    namespace?: number,
  ): Promise<void>;
  listRoutes(namespace?: number): Promise<LinkRoute[]>;
  listNeighbours(namespace?: number): Promise<Neighbour[]>;

  /**
   * flock(2); waits in a thread of its own, without limit or as long as is said: false if it has not got the lock by then. Closing the
   * descriptor unlocks.
   */
  flock(fd: number, mode: 'shared' | 'exclusive', milliseconds?: number): Promise<boolean>;
  /** False if another open file description holds it. */
  tryFlock(fd: number, mode: 'shared' | 'exclusive'): boolean;
  /** An open-file-description write lock (F_OFD_SETLKW, fcntl(2)) on one byte; waits in a thread of its own. */
  lockByte(fd: number, offset: number): Promise<void>;
  tryLockByte(fd: number, offset: number): boolean;
  /** A read lock, for which a read-only descriptor is enough. False if another open file description holds a write lock. */
  tryLockByteShared(fd: number, offset: number): boolean;
  /** Whether another open file description holds a lock of either kind. Takes nothing. */
  isByteHeld(fd: number, offset: number): boolean;
  /** Whether another open file description holds a write lock on the byte (F_OFD_GETLK). */
  isByteLocked(fd: number, offset: number): boolean;

  /** Looks at the same files in many folders, in one job: answers all files of the first folder, then those of the next. A file
   *  that can't be read gets an answer, too; it rejects only for an invalid request. */
  survey(request: SurveyRequest): Promise<Buffer>;
  /** The same on the caller's thread, without a job: for a few of tslxc's own files. */
  surveyNow(request: OwnSurveyRequest): Buffer;

  /** The content of one of tslxc's own files, as UTF-8: undefined if there is none, null if something other than an ordinary file
   *  is in its place, such as a symbolic link, which is not followed. */
  readRecord(path: string): string | undefined | null;
  /** As `isByteLocked` of the file at `path`; undefined and null as `readRecord`. */
  isRecordLocked(path: string, offset: number): boolean | undefined | null;
  /** Makes one of tslxc's own files with mode 0600, and removes what was there before; false if its folder is missing. ENOTDIR if
   *  the folder is something else, such as a symbolic link; EISDIR if a directory is in the file's place. */
  makeRecord(path: string, content: string): boolean;
  /** The same by way of a file with the suffix `.new`, which is renamed to `path`, so that a reader sees either the old content
   *  or the new one. */
  replaceRecord(path: string, content: string): boolean;
  /** unlink(2); false if there was none. EISDIR for a directory. */
  removeRecord(path: string): boolean;
  /** Appends to a file with mode 0600, off the event loop; a file of more than `most` bytes is renamed with the suffix `.1` first. */
  appendLog(path: string, text: string, most: number): Promise<void>;

  /** An extended attribute of an open file; undefined if it is missing (ENODATA). */
  getXattr(fd: number, name: string): Buffer | undefined;
  setXattr(fd: number, name: string, value: Uint8Array): void;
  removeXattr(fd: number, name: string): void;

  /** The label of a file in the module's extended attribute, such as security.selinux; undefined if there is none. */
  fileLabel(fd: number, module: 'selinux' | 'smack' | 'apparmor'): string | undefined;
  /** /proc/PID/attr/current; undefined if no module labels processes (EINVAL). */
  processLabel(pid: number): string | undefined;

  /** For tests only, which have no other way to make a pair of the host's own devpts. */
  openPty(): Pty;
  /** Two descriptors, O_CLOEXEC: the read and write ends of a pipe(2), or a stream socketpair(2). */
  makePair(kind: 'pipe' | 'socket'): [number, number];
  /** `count` pipes as the two ends of FIFOs in a detached tmpfs, whose mount options can give them a label. */
  makeFifos(count: number, options: readonly string[]): [number, number][];
  /** A new null device, O_RDWR and O_CLOEXEC, in such a tmpfs. */
  makeNull(options: readonly string[]): number;
  makeRaw(fd: number): void;
  setWindowSize(fd: number, size: WindowSize): void;
  windowSize(fd: number): WindowSize;

  /** A pollable descriptor of a process (pidfd_open(2), Linux 5.3). */
  openPidfd(pid: number): number;
  signalPidfd(pidfd: number, signal: number): void;
  /** Resolves when the process has ended (poll(2) on the pidfd, in a thread of its own); false after `milliseconds`. */
  waitPidfd(pidfd: number, milliseconds: number): Promise<boolean>;

  /** close(2) of a descriptor that one of these functions returned: node:fs warns about those that it did not open. */
  closeDescriptor(fd: number): void;

  /** sd_notify(3): one datagram to a unix socket path, or an abstract one that begins with `@`. */
  sendDatagram(path: string, text: string): void;
}

type Raw = Record<keyof Native, (...args: never[]) => unknown>;

interface RawFailure {
  readonly errno?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
}

let opened: Native | undefined;

/** The addon's functions. Loads it at the first call; throws NATIVE_NOT_BUILT if there is none, or none that can be loaded here. */
export function native(): Native {
  opened ??= wrap(loadAddon() as Raw);
  return opened;
}

/** Converts an errno error of the addon to a SyscallError; returns any other error unchanged. */
function typed(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { errno, syscall, path } = error as RawFailure;
  if (typeof errno !== 'number' || typeof syscall !== 'string') return error;
  return new SyscallError({
    errno,
    syscall,
    ...(typeof path === 'string' && path !== '' ? { path } : {}),
  });
}

function wrap(raw: Raw): Native {
  const wrapped: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(raw)) {
    wrapped[name] = (...args: never[]): unknown => {
      let result: unknown;
      try {
        result = call(...args);
      } catch (error) {
        throw typed(error);
      }
      if (typeof result !== 'object' || result === null || !('then' in result)) return result;
      return (result as Promise<unknown>).catch((error: unknown) => {
        throw typed(error);
      });
    };
  }
  return wrapped as unknown as Native;
}
