/** What a definition limits: `<memtune>`, `<cputune>`, `<blkiotune>`, `<numatune>`. Memory is in KiB. */
import type { Position } from '../xml/element';

/** `<memtune>`. What is left out is not limited, or by `<memory>` alone. */
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
  /** Weight beside the other containers, 2 to 262144; the kernel's default is 1024. */
  readonly shares?: number;
  /** Microseconds, 1000 to 1000000; the kernel's default is 100000. */
  readonly period?: number;
  /** Microseconds of all CPUs together in each period, from 1000 on; negative is no limit. */
  readonly quota?: number;
  readonly position: Position;
}

/** `<device>` of `<blkiotune>`: what is left out is not limited. */
export interface BlockDeviceTuning {
  /** Of a block device of the host. */
  readonly path: string;
  /** 1 to 10000; BFQ takes no more than 1000. */
  readonly weight?: number;
  /** Operations a second. */
  readonly readIops?: number;
  /** Operations a second. */
  readonly writeIops?: number;
  /** Bytes a second. */
  readonly readBytes?: number;
  /** Bytes a second. */
  readonly writeBytes?: number;
}

/** `<blkiotune>`. */
export interface BlockTuning {
  /** 1 to 10000; the kernel's default is 100. */
  readonly weight?: number;
  /** At most one a path. */
  readonly devices: readonly BlockDeviceTuning[];
  readonly position: Position;
}

/** `<numatune>`: memory comes from these nodes alone. */
export interface NumaTuning {
  readonly mode: 'strict' | 'restrictive';
  /** In canonical text: `0-1,3`. */
  readonly nodeset: string;
  readonly position: Position;
}

/** `<resource><partition>`: the cgroup that the container's is made in. */
export interface Partition {
  readonly path: string;
  readonly position: Position;
}

/** `<tslxc:pids max='…'/>`: processes and threads together. */
export interface ProcessLimit {
  readonly max: number;
  readonly position: Position;
}

/** `<tslxc:hugepages size='2048' max='…'/>`: huge pages of one size, in KiB. */
export interface HugepageLimit {
  /** Of one page. */
  readonly size: number;
  readonly max: number;
  readonly position: Position;
}
