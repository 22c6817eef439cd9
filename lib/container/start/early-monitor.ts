/**
 * A monitor that starts while its container is still being planned: another processor loads its program meanwhile. It
 * has changed nothing on the host, and ends when it gets no plan.
 */
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { monitorLeaf } from '../../plan/cgroups/cgroups';
import { Channel } from '../monitor/channel';
import { endMonitor, startProcess } from './monitor-process';
import type { CallersDescriptors, WaitingMonitor } from './monitor-process';

/** Milliseconds after which it is no longer given a plan: it waits for ten seconds (native/monitor/beginning.cc). */
const mostAge = 5000;

export class EarlyMonitor implements WaitingMonitor, AsyncDisposable {
  readonly #begun = performance.now();
  readonly #channel: Promise<number | undefined>;
  #isTaken = false;

  /** `name` is that of the domain. */
  constructor(callers: CallersDescriptors & { readonly name: string }, layout: CgroupLayout) {
    const program = { ...callers, unified: monitorLeaf(layout).monitorUnified };
    // If it can't be started, the next attempt reports why.
    this.#channel = startProcess(program).catch(() => undefined);
  }

  readonly take = async (): Promise<number | undefined> => {
    if (this.#isTaken || performance.now() - this.#begun > mostAge) return undefined;
    this.#isTaken = true;
    return await this.#channel;
  };

  /** Ends the monitor, and waits for its end, unless it was taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isTaken) return;
    const descriptor = await this.#channel;
    if (descriptor === undefined) return;
    const channel = Channel.fromDescriptor(descriptor);
    const first = await channel.held(() => channel.receive());
    channel.close();
    if (first?.message === 'spawned') await endMonitor(first.pid);
  }
}
