/** The plain data of the public API about what domains use. */
import type { CgroupStatistics } from '../../container/statistics/types';
import type { LinkStatistics } from '../../host/native';
import type { DomainState } from '../types';

/** A network interface of a running container, and its traffic from the container's point of view. */
export interface InterfaceStatistics extends LinkStatistics {
  /** The type of `<interface>`; `hostdev` for one that the host lends. */
  readonly type: 'bridge' | 'network' | 'direct' | 'ethernet' | 'hostdev';
  /** Its name inside when the container started. */
  readonly guest: string;
  /** Name on the host; a macvlan has none. */
  readonly name?: string;
}

/**
 * What a domain uses, all read at one time. A domain that doesn't run has a state and nothing else. A field that the kernel
 * or the host's cgroup layout doesn't provide is absent, never 0.
 */
export interface DomainStatistics extends CgroupStatistics {
  /** Its name. */
  readonly name: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  /** The monitor's pid; absent while nothing runs. */
  readonly id?: number;
  /** When it was read, in milliseconds since the epoch. */
  readonly time: number;
  /** What it is doing. */
  readonly state: DomainState;
  /** Interfaces of `<interface>` in document order, then those that the host lends; without those that are gone. */
  readonly network?: readonly InterfaceStatistics[];
}

/** How `Domain.watchStats` takes its snapshots. */
export interface WatchOptions {
  /** Milliseconds from one snapshot to the next, above 0 and at most 2,147,483,647. Default: 1000. */
  readonly interval?: number | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
}
