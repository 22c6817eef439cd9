/** The limits of a definition: `<memtune>`, `<cputune>`, `<blkiotune>`, `<numatune>`. Memory is in KiB. */
import type { Position } from '../xml/element';

/** `<memtune>`. A missing limit is not set; without `hardLimit`, `<memory>` is the limit. */
export interface MemoryTuning {
  /** Instead of `<memory>`. */
  readonly hardLimit?: number;
  readonly softLimit?: number;
  /** Memory and swap together. */
  readonly swapHardLimit?: number;
  readonly position: Position;
}

/** `<cputune>`. */
export interface CpuTuning {
  /** Weight relative to the other containers, 2 to 262144. The kernel's default is 1024. */
  readonly shares?: number;
  /** In microseconds, 1000 to 1000000. The kernel's default is 100000. */
  readonly period?: number;
  /** Microseconds of all CPUs together in each period, at least 1000. A negative number means no limit. */
  readonly quota?: number;
  /**
   * Like `period` and `quota`, but in libvirt for a virtual machine together with its emulator and I/O threads. A container has no
   * such threads, so the stricter of both limits applies.
   */
  readonly globalPeriod?: number;
  readonly globalQuota?: number;
  readonly position: Position;
}

/** `<device>` of `<blkiotune>`. A missing field means no limit. */
export interface BlockDeviceTuning {
  /** Path of a block device of the host. */
  readonly path: string;
  /** 1 to 10000; BFQ takes no more than 1000. */
  readonly weight?: number | undefined;
  /** Operations per second. */
  readonly readIops?: number | undefined;
  /** Operations per second. */
  readonly writeIops?: number | undefined;
  /** Bytes per second. */
  readonly readBytes?: number | undefined;
  /** Bytes per second. */
  readonly writeBytes?: number | undefined;
}

/** `<blkiotune>`. */
export interface BlockTuning {
  /** 1 to 10000. The kernel's default is 100. */
  readonly weight?: number;
  /** At most one for each path. */
  readonly devices: readonly BlockDeviceTuning[];
  readonly position: Position;
}

/** `<numatune>`. */
export interface NumaTuning {
  /** `preferred`: memory comes from other nodes if these have none left; `interleave`: from each in turn; others: only from these. */
  readonly mode: 'strict' | 'preferred' | 'interleave' | 'restrictive';
  /** In canonical form: `0-1,3`. Missing if numad chooses the nodes at each start (`placement='auto'`). */
  readonly nodeset?: string;
  readonly position: Position;
}

/** The CPUs and memory nodes that numad has chosen for a container, in canonical form. */
export interface Placement {
  readonly cpus: string;
  readonly nodes: string;
}

/** `<resource><partition>`: the cgroup in which the container's cgroup is made. */
export interface Partition {
  readonly path: string;
  readonly position: Position;
}

/** `<tslxc:pids max='…'/>`: the number of processes and threads together. */
export interface ProcessLimit {
  readonly max: number;
  readonly position: Position;
}

/** `<tslxc:cgroups>`: the cgroups that the container may make below its own. */
export interface CgroupLimit {
  /** How many there may be. */
  readonly max: number;
  /** How many levels of them. */
  readonly depth: number;
  /** Whether the container may make cgroups in a v1 hierarchy without controllers, where nothing limits them. Default: only systemd on a host without v2. */
  readonly named?: 'readonly' | 'writable';
  readonly position: Position;
}

/** `<tslxc:ptys max='…'/>`: the number of pseudo-terminals in the container's devpts, its consoles included. */
export interface TerminalLimit {
  readonly max: number;
  readonly position: Position;
}

/** `<tslxc:hugepages size='2048' max='…'/>`: the memory in huge pages of one size, in KiB. */
export interface HugepageLimit {
  /** Size of one page. */
  readonly size: number;
  readonly max: number;
  readonly position: Position;
}
