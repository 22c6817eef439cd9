/** The part of a Domain that pauses it, asks its init to end, and ends it. */
import { ResourcedDomain } from './domain-resources';
import { resumeDomain, suspendDomain } from './lifecycle/pause';
import { askToEnd } from './lifecycle/power';
import type { PowerAnswer, PowerOptions } from './lifecycle/power-types';
import { destroyDomain, destroyGracefully } from './lifecycle/verbs';

export interface DestroyOptions {
  /**
   * Asks init, as a shutdown does, and kills nothing: it has this many milliseconds to end; `true` is 10,000. The end is
   * that of a destroy: on_poweroff and the like are not carried out.
   */
  readonly graceful?: boolean | number;
}

export class LivingDomain extends ResourcedDomain {
  /**
   * Stops every process of the container where it is, until `resume`. Resolves when they stand still. One that is paused
   * stays so. Other processes see it too, whatever becomes of this one.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs, also while a reboot waits for the next life.
   * @throws SyscallError ETIMEDOUT when a process can't be stopped: all go on then.
   */
  async suspend(): Promise<void> {
    this.session.requireAccess('write', 'Domain.suspend');
    await suspendDomain(this.session, this.identity);
  }

  /** Lets the processes of a paused container go on. @throws TslxcError OPERATION_INVALID when it is not paused. */
  async resume(): Promise<void> {
    this.session.requireAccess('write', 'Domain.resume');
    await resumeDomain(this.session, this.identity);
  }

  /**
   * Asks init to end, in a way that it heeds: see PowerMode. With a timeout it resolves when the container has ended.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs, or it is paused; OPERATION_UNSUPPORTED when init has neither a
   * handler for the signal nor a pipe: it would never hear of it; OPERATION_TIMEOUT when it runs on, OPERATION_ABORTED;
   * INVALID_ARG.
   */
  async shutdown(options: PowerOptions = {}): Promise<PowerAnswer> {
    this.session.requireAccess('write', 'Domain.shutdown');
    return askToEnd(this.session, this.identity, { ...options, goal: 'shutdown' });
  }

  /**
   * Asks init to end, and has it started again by the same monitor: id, descriptors that were passed, attached consoles
   * and autodestroy stay. `on_reboot` decides whether it is. With a timeout it resolves when init runs again.
   *
   * @throws TslxcError as `shutdown`; OPERATION_UNSUPPORTED also for the monitor of an older package, unless init tells
   * by reboot(2) what its end means, as systemd and busybox do.
   */
  async reboot(options: PowerOptions = {}): Promise<PowerAnswer> {
    this.session.requireAccess('write', 'Domain.reboot');
    return askToEnd(this.session, this.identity, { ...options, goal: 'reboot' });
  }

  /**
   * Ends the container at once, by SIGKILL, and cleans up; on_reboot and the like are not carried out. It works on one
   * that is paused, too.
   *
   * @throws SyscallError EBUSY when a process can't be killed, as one that waits in the kernel: `step` names it. Nothing is lost: once it
   * has ended, the next look at the domain cleans up, and it counts as destroyed.
   * @throws TslxcError OPERATION_INVALID when nothing runs. With `graceful` also OPERATION_TIMEOUT, when init runs on, and
   * what `shutdown` throws.
   */
  async destroy({ graceful = false }: DestroyOptions = {}): Promise<void> {
    this.session.requireAccess('write', 'Domain.destroy');
    if (graceful === false) await destroyDomain(this.session, this.identity);
    else
      await destroyGracefully(this.session, this.identity, graceful === true ? 10_000 : graceful);
  }
}
