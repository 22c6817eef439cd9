/** The part of a Domain that tells what it uses. */
import { blockStatistics, type BlockStatistics } from './statistics/block';
import { NetworkedDomain } from './domain-network';
import { domainStatistics, watchStatistics } from './statistics/statistics';
import type { DomainStatistics, WatchOptions } from './statistics/types';

export class MeasuredDomain extends NetworkedDomain {
  /**
   * What the running container uses: CPU time, memory, I/O, processes, network and pressure, as the kernel counts them. One
   * that doesn't run has a state and nothing else. What this kernel or cgroup layout doesn't count is absent, never 0.
   *
   * @example
   * const { cpu, memory } = await domain.stats();
   * console.log(`${Number(cpu?.total) / 1e9} s, ${memory?.usage} of ${memory?.limit} bytes`);
   */
  async stats(): Promise<DomainStatistics> {
    this.session.requireAccess('read', 'Domain.stats');
    return domainStatistics(this.session, this.identity);
  }

  /**
   * Snapshots as of `stats`, the first at once and then one every `interval` milliseconds, for as long as the container
   * runs that runs now. Keeps the process alive while it is waited for.
   *
   * @throws TslxcError, from the iteration: INVALID_ARG for an interval that is no number of milliseconds;
   * OPERATION_INVALID when nothing runs.
   * @example
   * for await (const { cpu } of domain.watchStats({ interval: 500 })) console.log(cpu?.total);
   */
  watchStats(options: WatchOptions = {}): AsyncGenerator<DomainStatistics, undefined> {
    this.session.requireAccess('read', 'Domain.watchStats');
    return watchStatistics(this.session, this.identity, options);
  }

  /**
   * What the running container has read and written on a block device: of a disk by its target, or of a device of the
   * host by its name or path. Without one, on all together.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_UNSUPPORTED where the kernel doesn't count it;
   * INVALID_ARG for what is no such device.
   */
  async blockStats(device?: string): Promise<BlockStatistics> {
    this.session.requireAccess('read', 'Domain.blockStats');
    return blockStatistics(this.session, this.identity, device);
  }
}
