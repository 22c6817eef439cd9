/** Limits of a domain as the library gives and takes them. Memory is in KiB. */
import type { BlockDeviceTuning } from '../../domain/tuning/definition';

/** What `Domain.getMemory` gives. */
export interface DomainMemory {
  /** `<memory>`, in KiB. */
  readonly maximum: number;
  /** At most the maximum, in KiB. Of what runs: its limit, unless that is higher. */
  readonly current: number;
}

/** KiB. */
export type MemoryLimit = number | 'unlimited';

/** `<memtune>`, in KiB. */
export interface MemoryTuningInfo {
  /** Of memory: what exceeds it is swapped out, or ends by the kernel's OOM killer. */
  readonly hardLimit: MemoryLimit;
  /** Of memory, when it is scarce (v1); on v2 the container is slowed down above it. */
  readonly softLimit: MemoryLimit;
  /** Of memory and swap together, on both versions. */
  readonly swapHardLimit: MemoryLimit;
}

/** `<cputune>`. */
export interface CpuTuningInfo {
  /** Weight beside the other containers, when all want the CPUs: 2 to 262144. */
  readonly shares: number;
  /** Microseconds, 1000 to 1000000. */
  readonly period: number;
  /** Microseconds of all CPUs together in each period, from 1000 on. */
  readonly quota: number | 'unlimited';
}

/** `<numatune>`. */
export interface NumaTuningInfo {
  /** Memory comes from these nodes alone: both words mean the same here, cpuset.mems of the cgroup. */
  readonly mode: 'strict' | 'restrictive';
  /** `0-1`; of a definition that says nothing: `all`. */
  readonly nodeset: string;
}

/** CPUs that a domain is said to have. They limit nothing. */
export interface VcpuCount {
  /** The number of `<vcpu>`. */
  readonly maximum: number;
  /** The attribute `current` of `<vcpu>`; at most the maximum. */
  readonly current: number;
}

/** `<blkiotune>`. */
export interface BlockTuningInfo {
  /** Undefined where the definition, or the kernel, has none. */
  readonly weight?: number;
  /** Those that are limited. */
  readonly devices: readonly BlockDeviceTuning[];
}

/** What is left out stays as it is. */
export interface BlockTuningChange {
  /** 1 to 10000; BFQ takes no more than 1000. */
  readonly weight?: number;
  /** What a device leaves out stays as it is; 0 takes a limit away. */
  readonly devices?: readonly BlockDeviceTuning[];
}

/** `<tslxc:hugepages>`: the limit of huge pages of one size. */
export interface HugepageLimitInfo {
  /** Of one page, in KiB. */
  readonly size: number;
  /** Of all pages of this size together, in KiB. */
  readonly max: MemoryLimit;
}

/** Which definition a limit is of. */
export interface WhichOption {
  /**
   * `live`: what runs. `inactive`: what the next start has. `both`: of these a look means what runs. Default: what runs if
   * anything does, else what the next start has.
   */
  readonly which?: 'live' | 'inactive' | 'both';
}
