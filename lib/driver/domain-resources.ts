/** The part of a Domain that has to do with its limits. */
import { getBlockTuning, setBlockTuning } from './limits/block-tuning';
import {
  getHugepageLimits,
  getProcessLimit,
  setHugepageLimit,
  setProcessLimit,
} from './limits/counted-limits';
import { getCpuTuning, getVcpus, setCpuTuning, setVcpus } from './limits/cpu-tuning';
import { getCpuset, getNumaTuning, setCpuset, setNumaTuning } from './limits/cpuset';
import { ExecutingDomain } from './domain-exec';
import type {
  BlockTuningChange,
  BlockTuningInfo,
  CpuTuningInfo,
  DomainMemory,
  HugepageLimitInfo,
  MemoryTuningInfo,
  NumaTuningInfo,
  VcpuCount,
  WhichOption,
} from './limits/types';
import type { LimitQuery } from './limits/live-limits';
import {
  getMemory,
  getMemoryTuning,
  setMaxMemory,
  setMemory,
  setMemoryTuning,
} from './limits/memory';

/**
 * Each limit has a getter and a setter. With `which: 'live'` they are of the container that runs, as the kernel has them,
 * and change at once; with `'inactive'` of the stored definition; without, of what runs if anything does. With `'both'` a
 * setter changes the two, or neither when one is refused.
 *
 * A live change is all or nothing: what the kernel refuses stays as it was. Besides what is said of each, all getters
 * throw OPERATION_INVALID for `live` when nothing runs; all setters that too, OPERATION_INVALID for `inactive` of a
 * transient domain, OPERATION_UNSUPPORTED when the host lacks the controller, SyscallError with `path` and `errno` for
 * what the kernel refuses, and OPERATION_FAILED with `path` when it does not say afterwards what was written.
 */
export class ResourcedDomain extends ExecutingDomain {
  /** `<memory>` and `<currentMemory>`, in KiB. */
  async getMemory(options: WhichOption = {}): Promise<DomainMemory> {
    return getMemory(this.#query('read', 'getMemory', options));
  }

  /**
   * Changes the current memory, in KiB; of what runs, its limit.
   *
   * @throws TslxcError INVALID_ARG above the maximum.
   * @throws SyscallError EBUSY for less than it uses and can't swap out: nothing of it is ended.
   */
  async setMemory(kibibytes: number, options: WhichOption = {}): Promise<void> {
    await setMemory(this.#query('write', 'setMemory', options), kibibytes);
  }

  /**
   * Changes `<memory>`, in KiB. The current memory is lowered to it if need be. What runs, and has no limit that is lower,
   * is limited to it at once, which libvirt's driver does not do.
   *
   * @throws SyscallError EBUSY, as `setMemory`.
   */
  async setMaxMemory(kibibytes: number, options: WhichOption = {}): Promise<void> {
    await setMaxMemory(this.#query('write', 'setMaxMemory', options), kibibytes);
  }

  /** `<memtune>`, in KiB. Without a `hard_limit`, what runs has that of `<memory>`. */
  async getMemoryTuning(options: WhichOption = {}): Promise<MemoryTuningInfo> {
    return getMemoryTuning(this.#query('read', 'getMemoryTuning', options));
  }

  /**
   * Changes what is given of `<memtune>`, in KiB. `swapHardLimit` is that of memory and swap together on both versions of
   * cgroups.
   *
   * @throws TslxcError INVALID_ARG when memory may be more than memory and swap.
   * @throws SyscallError EBUSY, as `setMemory`.
   */
  async setMemoryTuning(
    change: Partial<MemoryTuningInfo>,
    options: WhichOption = {},
  ): Promise<void> {
    await setMemoryTuning(this.#query('write', 'setMemoryTuning', options), change);
  }

  /** `<cputune>`; what it leaves out is the kernel's default. On v2 shares are read from a weight, and rounded. */
  async getCpuTuning(options: WhichOption = {}): Promise<CpuTuningInfo> {
    return getCpuTuning(this.#query('read', 'getCpuTuning', options));
  }

  /**
   * Changes what is given of `<cputune>`.
   *
   * @throws TslxcError INVALID_ARG for a value out of its range.
   */
  async setCpuTuning(change: Partial<CpuTuningInfo>, options: WhichOption = {}): Promise<void> {
    await setCpuTuning(this.#query('write', 'setCpuTuning', options), change);
  }

  /** The CPUs that it may run on, such as `0-1,3`; `all` for a definition that does not say. */
  async getCpuset(options: WhichOption = {}): Promise<string> {
    return getCpuset(this.#query('read', 'getCpuset', options));
  }

  /**
   * Changes the CPUs that it may run on. Processes that run on others move.
   *
   * @param cpus - such as `0-3,^2`, or `all`
   * @throws TslxcError INVALID_ARG for what is no set; of what runs, also for a CPU that the host does not have.
   */
  async setCpuset(cpus: string, options: WhichOption = {}): Promise<void> {
    await setCpuset(this.#query('write', 'setCpuset', options), cpus);
  }

  /** How many CPUs it is said to have. As in libvirt's driver this is reported, and limits nothing: see `setCpuset`. */
  async getVcpus(options: WhichOption = {}): Promise<VcpuCount> {
    return getVcpus(this.#query('read', 'getVcpus', options));
  }

  /**
   * Changes how many CPUs it is said to have. A lower maximum lowers the current number.
   *
   * @throws TslxcError INVALID_ARG for none, and for more than the maximum.
   */
  async setVcpus(change: Partial<VcpuCount>, options: WhichOption = {}): Promise<void> {
    await setVcpus(this.#query('write', 'setVcpus', options), change);
  }

  /** `<numatune>`: the nodes that its memory comes from. */
  async getNumaTuning(options: WhichOption = {}): Promise<NumaTuningInfo> {
    return getNumaTuning(this.#query('read', 'getNumaTuning', options));
  }

  /**
   * Changes what is given of `<numatune>`; `nodeset` may be `all`. On v2 memory that it has on other nodes moves.
   *
   * @throws TslxcError INVALID_ARG for another mode, for what is no set; of what runs, also for a node that the host does
   * not have.
   */
  async setNumaTuning(change: Partial<NumaTuningInfo>, options: WhichOption = {}): Promise<void> {
    await setNumaTuning(this.#query('write', 'setNumaTuning', options), change);
  }

  /** `<blkiotune>`. */
  async getBlockTuning(options: WhichOption = {}): Promise<BlockTuningInfo> {
    return getBlockTuning(this.#query('read', 'getBlockTuning', options));
  }

  /**
   * Changes the weight, and the limits of these devices. What is left out stays; 0 takes a device's limit away.
   *
   * @throws TslxcError INVALID_ARG for a value out of its range; of what runs, also for a path that is no block device.
   * SYSTEM_ERROR for one that can't be looked at.
   */
  async setBlockTuning(change: BlockTuningChange, options: WhichOption = {}): Promise<void> {
    await setBlockTuning(this.#query('write', 'setBlockTuning', options), change);
  }

  /** `<tslxc:pids>`: how many processes and threads it may have. */
  async getProcessLimit(options: WhichOption = {}): Promise<number | 'unlimited'> {
    return getProcessLimit(this.#query('read', 'getProcessLimit', options));
  }

  /**
   * Changes how many processes and threads it may have. Those above a lower limit stay, and no new one comes.
   *
   * @throws TslxcError INVALID_ARG for 0, and for more than the kernel can have.
   */
  async setProcessLimit(max: number | 'unlimited', options: WhichOption = {}): Promise<void> {
    await setProcessLimit(this.#query('write', 'setProcessLimit', options), max);
  }

  /** `<tslxc:hugepages>`: the sizes of huge pages that are limited. */
  async getHugepageLimits(options: WhichOption = {}): Promise<HugepageLimitInfo[]> {
    return getHugepageLimits(this.#query('read', 'getHugepageLimits', options));
  }

  /**
   * Changes the limit of huge pages of one size.
   *
   * @throws TslxcError INVALID_ARG for what is no size of pages.
   */
  async setHugepageLimit(limit: HugepageLimitInfo, options: WhichOption = {}): Promise<void> {
    await setHugepageLimit(this.#query('write', 'setHugepageLimit', options), limit);
  }

  #query(need: 'read' | 'write', call: string, { which }: WhichOption): LimitQuery {
    this.session.requireAccess(need, `Domain.${call}`);
    return { session: this.session, identity: this.identity, which };
  }
}
