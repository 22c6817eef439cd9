/**
 * `start --foreground` and `run`: runs as long as the container does. A terminating signal stops the container, and other signals
 * are forwarded to its init; a supervisor is notified when the container runs; the exit status is that of init.
 */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import type { ExitRecord } from '../../container/record/exit-record';
import type { PowerAnswer, PowerOptions } from '../../driver/lifecycle/power-types';
import type { DomainState } from '../../driver/types';
import type { Context, SignalSource } from '../shell/command';
import { signalStatus } from '../shell/exit-status';
import { exitStatus } from '../output/words/domain-words';

/**
 * These signals request a shutdown, and are not forwarded, since their meaning depends on the init: for busybox, SIGTERM means a
 * reboot. The other signals have whatever meaning init gives them.
 */
const terminating: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];
const handled: readonly NodeJS.Signals[] = [...terminating, 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/** Milliseconds that init may take to shut down on request; an init that can't be asked is killed at once. */
const patience = 10_000;

/** The parts of a Domain that this needs. */
export interface Supervised {
  sendSignal(number: number): Promise<void>;
  shutdown(options: PowerOptions): Promise<Pick<PowerAnswer, 'outcome'>>;
  destroy(): Promise<void>;
  wait(): Promise<ExitRecord>;
  state(): Promise<DomainState>;
}

export interface Foreground {
  readonly context: Pick<Context, 'environment' | 'signals'>;
  readonly domain: Supervised;
  /**
   * A service has a supervisor: SIGHUP goes to its init, and once it was told to end, the exit status is 0, whatever became of init.
   * A program has a user: it ends when the terminal goes (SIGHUP), and the exit status is always its own.
   */
  readonly runsAs: 'service' | 'program';
  /** Aborted when the user leaves the terminal by the escape character: the program is asked to end, as by SIGTERM. */
  readonly left?: AbortSignal;
  /** Starts the container; rejects if the signal aborts the start. */
  start(signal: AbortSignal): Promise<void>;
  /** Sends one datagram, as sd_notify(3) does. */
  notify(socket: string, text: string): void;
  /** Replaces the default patience, in milliseconds; for tests. */
  readonly patience?: number;
}

/** Resolves to the exit status of this process. Rejects if the container doesn't start. */
export async function runInForeground(foreground: Foreground): Promise<number> {
  const { context, domain } = foreground;
  const socket = context.environment['NOTIFY_SOCKET'];
  // Only this process notifies the supervisor, not the container or its monitor.
  delete context.environment['NOTIFY_SOCKET'];
  const relay = new SignalRelay(context.signals, foreground);
  try {
    await foreground.start(relay.aborted);
    relay.containerRuns();
    if (socket !== undefined && socket !== '') foreground.notify(socket, 'READY=1');
    const record = await finalEnd(domain, relay);
    const isSuccess = relay.wantsEnd && foreground.runsAs === 'service';
    return isSuccess ? 0 : exitStatus(record);
  } catch (error) {
    if (relay.abortedBy !== undefined && TslxcError.is(error, 'OPERATION_ABORTED')) {
      return signalStatus(relay.abortedBy);
    }
    throw error;
  } finally {
    relay.close();
  }
}

/** Waits for the end after which the domain stays off: after other ends, on_reboot and the like start it again. */
async function finalEnd(domain: Supervised, relay: SignalRelay): Promise<ExitRecord> {
  for (;;) {
    const record = await domain.wait();
    if (!(await isRunning(domain))) return record;
    // This process was asked to end, so the container must not be restarted.
    if (relay.wantsEnd) await domain.destroy();
  }
}

/** Also waits until the leftovers of the last container are cleaned up. */
async function isRunning(domain: Supervised): Promise<boolean> {
  try {
    return (await domain.state()).state !== 'shutoff';
  } catch (error) {
    // A transient domain is gone with its container.
    if (TslxcError.is(error, 'NO_DOMAIN')) return false;
    throw error;
  }
}

/**
 * Handles signals. Before the container runs, a terminating signal abandons the start. Afterwards, the first terminating signal
 * asks init to shut down, and the next one kills the container; other signals go to init.
 */
class SignalRelay {
  readonly #source: SignalSource;
  readonly #domain: Supervised;
  readonly #patience: number;
  readonly #terminating: readonly NodeJS.Signals[];
  readonly #abort = new AbortController();
  #phase: 'starting' | 'running' = 'starting';
  #abortedBy: NodeJS.Signals | undefined;
  #wantsEnd = false;
  readonly #over = new AbortController();
  readonly #left: AbortSignal | undefined;

  constructor(source: SignalSource, foreground: Foreground) {
    this.#source = source;
    this.#domain = foreground.domain;
    this.#patience = foreground.patience ?? patience;
    this.#terminating = foreground.runsAs === 'program' ? [...terminating, 'SIGHUP'] : terminating;
    for (const signal of handled) source.on(signal, this.#onSignal);
    this.#left = foreground.left;
    this.#left?.addEventListener('abort', this.#onLeft);
  }

  get aborted(): AbortSignal {
    return this.#abort.signal;
  }

  get abortedBy(): NodeJS.Signals | undefined {
    return this.#abortedBy;
  }

  /** Whether a terminating signal has arrived. */
  get wantsEnd(): boolean {
    return this.#wantsEnd;
  }

  containerRuns(): void {
    this.#phase = 'running';
    // A signal that arrived too late to abandon the start ends the container now.
    if (this.#abortedBy !== undefined) this.#onSignal(this.#abortedBy);
  }

  close(): void {
    this.#over.abort();
    for (const signal of handled) this.#source.off(signal, this.#onSignal);
    this.#left?.removeEventListener('abort', this.#onLeft);
  }

  readonly #onLeft = (): void => this.#onSignal('SIGTERM');

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const terminates = this.#terminating.includes(signal);
    if (this.#phase === 'starting') {
      if (!terminates) return;
      this.#abortedBy ??= signal;
      this.#abort.abort();
      return;
    }
    // Errors are ignored: init may have just ended by itself, which wait() reports.
    if (!terminates) this.#domain.sendSignal(constants.signals[signal]).catch(ignore);
    else if (this.#wantsEnd) this.#domain.destroy().catch(ignore);
    else {
      this.#wantsEnd = true;
      this.#end().catch(ignore);
    }
  };

  /** Ends the container, even if init ignores the request. */
  async #end(): Promise<void> {
    const { signal } = this.#over;
    try {
      const options = { mode: 'auto', timeout: this.#patience, signal } as const;
      const { outcome } = await this.#domain.shutdown(options);
      if (outcome === 'stopped') return;
    } catch {
      // Init can't be asked, or keeps running.
    }
    if (!signal.aborted) await this.#domain.destroy();
  }
}

function ignore(): void {
  // The container has ended meanwhile, which wait() reports.
}
