/** A container that this process has started, as long as it keeps the channel to its monitor. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import type { Channel } from '../monitor/channel';
import type { StartWarning } from '../../plan/warnings';
import type { MessageNamed } from '../monitor/messages';

export interface RunningFacts {
  /** The monitor's pid: the domain's id. */
  readonly id: number;
  /** Init's pid in its first life. */
  readonly initPid: number;
  /** Host pty of each console. */
  readonly consolePaths: readonly string[];
  readonly warnings: readonly StartWarning[];
}

export interface OwnerCallbacks {
  /** Called once, when init has ended, unless this process has asked for a destroy. */
  readonly onExited?: (() => void) | undefined;
  /** Called whenever init runs again, under the same monitor. */
  readonly onRebooted?: (() => void) | undefined;
}

export class RunningContainer implements RunningFacts {
  readonly id: number;
  readonly initPid: number;
  readonly consolePaths: readonly string[];
  readonly warnings: readonly StartWarning[];
  readonly #channel: Channel;
  readonly #beforeLeave: () => Promise<void>;
  readonly #isProvisional: boolean;
  #exited: Promise<MessageNamed<'exited'> | undefined> | undefined;
  #isToEnd = false;

  /** Whether the container ends with this process. */
  readonly endsWithCaller: boolean;

  /** `beforeLeave` does what has to be done at the container's end, before the monitor may exit. */
  constructor(
    channel: Channel,
    facts: RunningFacts & { readonly endsWithCaller: boolean; readonly isProvisional: boolean },
    beforeLeave: () => Promise<void>,
  ) {
    this.#channel = channel;
    this.#beforeLeave = beforeLeave;
    this.#isProvisional = facts.isProvisional;
    this.id = facts.id;
    this.initPid = facts.initPid;
    this.consolePaths = facts.consolePaths;
    this.warnings = facts.warnings;
    this.endsWithCaller = facts.endsWithCaller;
  }

  /** Tells the monitor that this process cleans up, and is to be notified of reboots. */
  own(callbacks: OwnerCallbacks): void {
    this.#channel.send({ message: 'own' });
    this.#exited = new Promise((resolve, reject) => {
      this.#follow(callbacks, resolve).catch(reject);
    });
  }

  /**
   * Kills init with SIGKILL, over the owner's own channel. Resolves when it is dead and recorded; `undefined` when the
   * monitor has gone.
   */
  async destroy(): Promise<MessageNamed<'exited'> | undefined> {
    this.#isToEnd = true;
    return await this.#channel.held(async () => {
      this.#channel.send({ message: 'destroy' });
      return await this.#exited;
    });
  }

  ref(): void {
    this.#channel.ref();
  }

  unref(): void {
    this.#channel.unref();
  }

  /** From now on the container does not end with this process, unless it was started to do so. */
  confirm(): void {
    if (this.#isProvisional) this.#channel.send({ message: 'continue' });
  }

  /** Lets the container go on without this process. */
  release(): void {
    this.#channel.close();
  }

  async #follow(
    { onExited, onRebooted }: OwnerCallbacks,
    tell: (message: MessageNamed<'exited'> | undefined) => void,
  ): Promise<void> {
    let message = await this.#channel.receive();
    for (; message?.message === 'rebooted'; message = await this.#channel.receive()) onRebooted?.();
    if (message?.message === 'exited') {
      // The clean-up tries again, and reports what fails.
      await this.#beforeLeave().catch(() => undefined);
      if (this.#isToEnd) {
        tell(message);
        // The caller of `destroy` goes on before the monitor is released.
        await nextIteration();
      }
      this.#channel.send({ message: 'acknowledge' });
      // After that, the monitor only ends.
      this.#channel.close();
    }
    tell(message?.message === 'exited' ? message : undefined);
    if (!this.#isToEnd) onExited?.();
  }
}
