/** A container that this process has started, as long as it keeps the channel to its monitor. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import type { Channel } from '../monitor/channel';
import type { StartWarning } from '../../plan/warnings';
import type { MessageNamed } from '../monitor/messages';

export interface RunningFacts {
  /** The monitor's pid: the domain's id. */
  readonly id: number;
  /** That of its first life. */
  readonly initPid: number;
  /** Host pty of each console. */
  readonly consolePaths: readonly string[];
  readonly warnings: readonly StartWarning[];
}

export interface OwnerCallbacks {
  /** Called once, when init has ended, unless it was to be destroyed here. */
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

  /** `beforeLeave` is what has to be done at its end, before the monitor may go. */
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

  /** Tells the monitor that this process cleans up, and is to be told of reboots. */
  own(callbacks: OwnerCallbacks): void {
    this.#channel.send({ message: 'own' });
    this.#exited = new Promise((resolve, reject) => {
      this.#follow(callbacks, resolve).catch(reject);
    });
  }

  /**
   * Ends init by SIGKILL, the short way for the owner. Resolves when it is dead and recorded; `undefined`
   * when the monitor has gone.
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

  /** From now on the container does not end with this process, unless it was started so. */
  confirm(): void {
    if (this.#isProvisional) this.#channel.send({ message: 'continue' });
  }

  /** Leaves the container on its own. */
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
      // The clean-up tries again, and tells of it.
      await this.#beforeLeave().catch(() => undefined);
      if (this.#isToEnd) {
        tell(message);
        // What a destroy does now begins before its monitor is let go.
        await nextIteration();
      }
      this.#channel.send({ message: 'acknowledge' });
      // What the monitor says after that is only its end.
      this.#channel.close();
    }
    tell(message?.message === 'exited' ? message : undefined);
    if (!this.#isToEnd) onExited?.();
  }
}
