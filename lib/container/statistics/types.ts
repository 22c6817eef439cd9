/**
 * What a container uses, as the kernel counts it. A field that this kernel or cgroup layout doesn't have is absent,
 * never 0.
 */

/** All in nanoseconds, since the container's start. */
export interface CpuStatistics {
  /** Time on all CPUs together. */
  readonly total: bigint;
  /** Of that, in user mode. */
  readonly user?: bigint;
  /** Of that, in the kernel. */
  readonly system?: bigint;
  /** By the number of the host's CPU; cgroup v1 only. */
  readonly perCpu?: readonly bigint[];
  /** Absent where the kernel does not count it. */
  readonly throttling?: ThrottlingStatistics;
}

/** Throttling by a CPU quota: all 0 without one. */
export interface ThrottlingStatistics {
  /** Number of periods in which there was something to run. */
  readonly periods: number;
  /** Number of those periods in which the quota was used up. */
  readonly throttled: number;
  /** Nanoseconds that its threads had to wait, in total. */
  readonly time: bigint;
}

/** Bytes, unless said otherwise. */
export interface MemoryStatistics {
  /** All that counts against the limit: processes, page cache, and what the kernel holds for them. */
  readonly usage: number;
  /** Absent without a limit. */
  readonly limit?: number;
  /** Highest usage so far. */
  readonly peak?: number;
  /** Swap space in use, not including memory. */
  readonly swap?: number;
  /** Number of processes that the kernel has killed for lack of memory, at the container's limit or the host's. */
  readonly oomKills?: number;
  /** How often the limit was reached, and memory had to be reclaimed. */
  readonly limitHits?: number;
  /** What the usage consists of. */
  readonly breakdown: MemoryBreakdown;
}

/** Bytes, of the pages of all its processes; faults and swapped pages are counts. */
export interface MemoryBreakdown {
  /** Private memory of processes. */
  readonly anonymous?: number;
  /** Page cache, tmpfs and shared memory included. */
  readonly file?: number;
  /** tmpfs, shared memory. */
  readonly shared?: number;
  /** Pages of files that processes have mapped. */
  readonly mapped?: number;
  /** Page cache that is reclaimed first: usage without it is what is really needed. */
  readonly inactiveFile?: number;
  /** Page cache that is to be written to a disk. */
  readonly dirty?: number;
  /** Page cache that is being written to a disk. */
  readonly writeback?: number;
  /** Everything that the kernel itself holds for the container. */
  readonly kernel?: number;
  /** Data structures of the kernel; a part of `kernel`. */
  readonly slab?: number;
  /** Buffers of network connections. */
  readonly sockets?: number;
  /** Page faults in total. */
  readonly faults?: number;
  /** Faults that had to wait for a disk. */
  readonly majorFaults?: number;
  /** Pages read from swap. */
  readonly swappedIn?: number;
  /** Pages written to swap. */
  readonly swappedOut?: number;
}

/** One block device of the host that the container has caused I/O on. */
export interface IoStatistics {
  /** `major:minor` */
  readonly device: string;
  /** As in /sys/block: `vda`. */
  readonly name?: string;
  /** Bytes read. */
  readonly readBytes: number;
  /** Bytes written. */
  readonly writtenBytes: number;
  /** Number of read operations. */
  readonly reads: number;
  /** Number of write operations. */
  readonly writes: number;
}

/** Processes and threads of the container. */
export interface PidsStatistics {
  /** Processes and threads. */
  readonly current: number;
  /** Highest number so far. */
  readonly peak?: number;
  /** Absent without a limit. */
  readonly limit?: number;
  /** Number of forks that the limit has refused. */
  readonly refused?: number;
}

/** Pressure stall information (Documentation/accounting/psi.rst). */
export interface PressureStatistics {
  /** Waiting for CPU time. */
  readonly cpu?: Pressure;
  /** Waiting for memory. */
  readonly memory?: Pressure;
  /** Waiting for I/O. */
  readonly io?: Pressure;
}

/** How much time tasks of the container have waited for something. */
export interface Pressure {
  /** At least one task waits. */
  readonly some: PressureLine;
  /** All tasks that are not idle wait. */
  readonly full?: PressureLine;
}

/** Shares of time in which tasks waited. */
export interface PressureLine {
  /** Percent of the last 10 seconds. */
  readonly average10: number;
  /** Percent of the last 60 seconds. */
  readonly average60: number;
  /** Percent of the last 300 seconds. */
  readonly average300: number;
  /** Time in which tasks waited, in nanoseconds. */
  readonly total: bigint;
}

/** Everything that cgroups report about one container. */
export interface CgroupStatistics {
  /** Time on the CPUs. */
  readonly cpu?: CpuStatistics;
  /** Memory and swap. */
  readonly memory?: MemoryStatistics;
  /** By device; empty where there was no I/O yet. Absent where the kernel doesn't count it. */
  readonly io?: readonly IoStatistics[];
  /** Processes and threads. */
  readonly pids?: PidsStatistics;
  /** Absent where the kernel has no pressure stall information. */
  readonly pressure?: PressureStatistics;
}
