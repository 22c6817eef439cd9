/**
 * A monitor that starts while its container is still planned: its program is loaded by another processor meanwhile. It has
 * touched nothing of the host, and ends when it gets no plan.
 */
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { monitorLeaf } from '../../plan/cgroups/cgroups';
import { Channel } from '../monitor/channel';
import { endMonitor, startProcess } from './monitor-process';
import type { CallersDescriptors, WaitingMonitor } from './monitor-process';

/** Milliseconds after which it is not given a plan any more: it waits for ten seconds (native/monitor/beginning.cc). */
const mostAge = 5000;

export class EarlyMonitor implements WaitingMonitor, AsyncDisposable {
  readonly #begun = performance.now();
  readonly #channel: Promise<number | undefined>;
  #isTaken = false;

  /** `name` is that of the domain. */
  constructor(callers: CallersDescriptors & { readonly name: string }, layout: CgroupLayout) {
    const program = { ...callers, unified: monitorLeaf(layout).monitorUnified };
    // Why there is none is told by the next attempt.
    this.#channel = startProcess(program).catch(() => undefined);
  }

  readonly take = async (): Promise<number | undefined> => {
    if (this.#isTaken || performance.now() - this.#begun > mostAge) return undefined;
    this.#isTaken = true;
    return await this.#channel;
  };

  /** One that was not taken has ended then. */
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
