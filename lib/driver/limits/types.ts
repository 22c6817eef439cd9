/** Limits of a domain as the library returns and takes them. Memory is returned in KiB. */
import type { Size } from '../../domain/builder/spec';
import type { BlockDeviceTuning } from '../../domain/tuning/definition';

/** `<memory>` and `<currentMemory>`. */
export interface DomainMemory {
  /** `<memory>`, in KiB. */
  readonly maximum: number;
  /** `<currentMemory>`, in KiB; while it runs, the limit that the kernel has, unless that is above the maximum. */
  readonly current: number;
}

/** KiB, or no limit. */
export type MemoryLimit = number | 'unlimited';

/** Memory as calls take it: KiB, or a size with its unit, such as `64MiB`, which is rounded up to KiB. */
export type MemorySize = number | Size;

/** A limit of memory as calls take it. */
export type MemorySizeLimit = MemorySize | 'unlimited';

/** `<memtune>`. */
export interface MemoryTuningInfo {
  /** Of memory: above it the kernel swaps out, and if that is not enough, its OOM killer kills processes. */
  readonly hardLimit: MemoryLimit;
  /** Of memory: on cgroup v1 it takes effect when the host is short of memory; on v2 the container is throttled above it. */
  readonly softLimit: MemoryLimit;
  /** Of memory and swap together, on both versions of cgroups. */
  readonly swapHardLimit: MemoryLimit;
}

/** A change of `<memtune>`: what is left out stays as it is. */
export interface MemoryTuningChange {
  /** From 0 on: see `MemoryTuningInfo.hardLimit`. */
  readonly hardLimit?: MemorySizeLimit | undefined;
  /** From 0 on: see `MemoryTuningInfo.softLimit`. */
  readonly softLimit?: MemorySizeLimit | undefined;
  /** From 0 on: see `MemoryTuningInfo.swapHardLimit`. */
  readonly swapHardLimit?: MemorySizeLimit | undefined;
}

/** `<cputune>`. */
export interface CpuTuningInfo {
  /** Weight relative to other containers that compete for the same CPUs: 2 to 262,144. */
  readonly shares: number;
  /** Length of a period, in microseconds: 1000 to 1,000,000. */
  readonly period: number;
  /** Time on all CPUs together in each period, in microseconds: from 1000 on, or `unlimited`. */
  readonly quota: number | 'unlimited';
}

/** A change of `<cputune>`: what is left out stays as it is. */
export interface CpuTuningChange {
  /** Weight relative to other containers that compete for the same CPUs: 2 to 262,144. */
  readonly shares?: number | undefined;
  /** Length of a period, in microseconds: 1000 to 1,000,000. */
  readonly period?: number | undefined;
  /** Time on all CPUs together in each period, in microseconds: from 1000 on, or `unlimited`. */
  readonly quota?: number | 'unlimited' | undefined;
}

/** `<numatune>`. */
export interface NumaTuningInfo {
  /**
   * `strict` and `restrictive`: memory comes from these nodes alone, by cpuset.mems of the cgroup. `preferred`: from other nodes
   * if these have none left; `interleave`: from each in turn; both by the memory policy of its processes.
   */
  readonly mode: 'strict' | 'preferred' | 'interleave' | 'restrictive';
  /** Numbers and ranges such as `0-1`; `all` if the definition names none. */
  readonly nodeset: string;
}

/** A change of `<numatune>`: what is left out stays as it is. */
export interface NumaTuningChange {
  /** What it means that memory comes from these nodes: see `NumaTuningInfo.mode`. */
  readonly mode?: NumaTuningInfo['mode'] | undefined;
  /** Numbers and ranges such as `0-1`, or `all`. */
  readonly nodeset?: string | undefined;
}

/** `<vcpu>`: how many CPUs the definition says that the domain has, which limits nothing. */
export interface VcpuCount {
  /** The text of `<vcpu>`. */
  readonly maximum: number;
  /** `<vcpu current>`, at most the maximum. */
  readonly current: number;
}

/** A change of `<vcpu>`: what is left out stays as it is, but for a current number above the maximum, which is lowered. */
export interface VcpuChange {
  /** The text of `<vcpu>`: from 1 to 2,147,483,647. */
  readonly maximum?: number | undefined;
  /** `<vcpu current>`: from 1 to the maximum. */
  readonly current?: number | undefined;
}

/** `<blkiotune>`. */
export interface BlockTuningInfo {
  /** Weight relative to other containers; absent if the definition, or the kernel, has none. */
  readonly weight?: number;
  /** The devices that are limited. */
  readonly devices: readonly BlockDeviceTuning[];
}

/** A change of `<blkiotune>`: what is left out stays as it is. */
export interface BlockTuningChange {
  /** Weight from 1 to 10,000, or to 1000 if it is that of the BFQ scheduler. */
  readonly weight?: number | undefined;
  /** What the entry of a device leaves out stays as it is; 0 removes a limit. */
  readonly devices?: readonly BlockDeviceTuning[] | undefined;
}

/** `<tslxc:hugepages>`: the limit of huge pages of one size. */
export interface HugepageLimitInfo {
  /** Size of one page, in KiB: a power of 2. */
  readonly size: number;
  /** Limit of all pages of this size together, in KiB. */
  readonly max: MemoryLimit;
}

/** A limit of huge pages to set. */
export interface HugepageLimitChange {
  /** Size of one page: a power of 2 from 4 KiB on. */
  readonly size: MemorySize;
  /** Limit of all pages of this size together: from 0 on. */
  readonly max: MemorySizeLimit;
}
