/** What a container uses, as its kernel counts it. A field that this kernel or cgroup layout doesn't have is absent, never 0. */

/** All in nanoseconds, since the container's start. */
export interface CpuStatistics {
  readonly total: bigint;
  readonly user?: bigint;
  readonly system?: bigint;
  /** By the number of the host's CPU; cgroup v1 only. */
  readonly perCpu?: readonly bigint[];
  readonly throttling?: ThrottlingStatistics;
}

/** Of a CPU quota: all 0 without one. */
export interface ThrottlingStatistics {
  /** Periods that have gone by with something to run. */
  readonly periods: number;
  /** Those in which the quota was used up. */
  readonly throttled: number;
  /** Nanoseconds that its threads had to wait, all together. */
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
  /** Swap space in use, without memory. */
  readonly swap?: number;
  /** Processes that the kernel has killed for want of memory, at the container's limit or the host's. */
  readonly oomKills?: number;
  /** How often the limit was reached, and memory had to be reclaimed. */
  readonly limitHits?: number;
  readonly breakdown: MemoryBreakdown;
}

/** Bytes, of pages of all its processes; faults and pages that moved are counts. */
export interface MemoryBreakdown {
  /** Private memory of processes. */
  readonly anonymous?: number;
  /** Page cache, tmpfs and shared memory included. */
  readonly file?: number;
  /** tmpfs, shared memory. */
  readonly shared?: number;
  /** Pages of files that processes have mapped. */
  readonly mapped?: number;
  /** Page cache that is given back first: usage without it is what is really needed. */
  readonly inactiveFile?: number;
  readonly dirty?: number;
  readonly writeback?: number;
  /** Everything that the kernel itself holds for the container. */
  readonly kernel?: number;
  readonly slab?: number;
  readonly sockets?: number;
  readonly faults?: number;
  /** Faults that had to wait for a disk. */
  readonly majorFaults?: number;
  /** Pages read from swap, and written there. */
  readonly swappedIn?: number;
  readonly swappedOut?: number;
}

/** One block device of the host that the container has caused I/O on. */
export interface IoStatistics {
  /** `major:minor` */
  readonly device: string;
  /** As in /sys/block: `vda`. */
  readonly name?: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
}

export interface PidsStatistics {
  /** Processes and threads. */
  readonly current: number;
  readonly peak?: number;
  /** Absent without a limit. */
  readonly limit?: number;
  /** Forks that the limit has refused. */
  readonly refused?: number;
}

/** Pressure stall information (Documentation/accounting/psi.rst). */
export interface PressureStatistics {
  readonly cpu?: Pressure;
  readonly memory?: Pressure;
  readonly io?: Pressure;
}

export interface Pressure {
  /** At least one task waits. */
  readonly some: PressureLine;
  /** All that are not idle wait. */
  readonly full?: PressureLine;
}

export interface PressureLine {
  /** Percent of the last 10, 60 and 300 seconds. */
  readonly average10: number;
  readonly average60: number;
  readonly average300: number;
  /** Nanoseconds in all. */
  readonly total: bigint;
}

/** All that cgroups say of one container. */
export interface CgroupStatistics {
  readonly cpu?: CpuStatistics;
  readonly memory?: MemoryStatistics;
  /** By device; empty where there was no I/O yet. Absent where the kernel doesn't count it. */
  readonly io?: readonly IoStatistics[];
  readonly pids?: PidsStatistics;
  readonly pressure?: PressureStatistics;
}
