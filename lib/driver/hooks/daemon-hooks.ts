/**
 * The hook of the daemon that serves libvirt's clients: it is told that the daemon starts, is to reload, and has ended. As in libvirt, it
 * can refuse none of that, so a failure is only logged.
 */
import { findScripts, runScripts } from './scripts';
import type { HookCall, HookPlace } from './scripts';

export type DaemonOperation = 'start' | 'reload' | 'shutdown';

/** What libvirt says beside the operation. */
const words: Readonly<Record<DaemonOperation, Pick<HookCall, 'phase' | 'extra'>>> = {
  start: { phase: '-', extra: 'start' },
  reload: { phase: 'begin', extra: 'SIGHUP' },
  shutdown: { phase: '-', extra: 'shutdown' },
};

export class DaemonHooks {
  readonly #place: HookPlace;
  #last: Promise<void> = Promise.resolve();

  constructor(place: HookPlace) {
    this.#place = place;
  }

  /** Calls the scripts, one operation after the other, in the order in which they are asked for. Resolves when they have ended. */
  call(operation: DaemonOperation): Promise<void> {
    this.#last = this.#last.then(() => this.#call(operation));
    return this.#last;
  }

  async #call(operation: DaemonOperation): Promise<void> {
    try {
      const scripts = findScripts(this.#place, 'daemon');
      await runScripts(this.#place, scripts, {
        ...words[operation],
        object: '-',
        operation,
        input: '',
      });
    } catch (error) {
      this.#place.logger.warn({ err: error }, 'a hook of the daemon has failed');
    }
  }
}
