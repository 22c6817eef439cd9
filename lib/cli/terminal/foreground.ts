/**
 * `start --foreground`: stays as long as the container does, stops it when it is told to end, hands other signals on to
 * its init, tells a supervisor when it runs, and ends as init ended. This is what a systemd unit runs.
 */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import type { ExitRecord } from '../../container/record/exit-record';
import type { PowerAnswer, PowerOptions } from '../../driver/lifecycle/power-types';
import type { DomainState } from '../../driver/types';
import type { Context, SignalSource } from '../shell/command';
import { signalStatus } from '../shell/exit-status';
import { exitStatus } from '../output/domain-words';

/**
 * These ask for a shutdown, and are not handed on: what they mean to init differs, as SIGTERM is a reboot to busybox's.
 * The others have whatever meaning init gives them.
 */
const terminating: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];
const forwarded: readonly NodeJS.Signals[] = [...terminating, 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/** How long init has to end when it was asked to, in milliseconds; one that can't be asked is killed at once. */
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
  /** Starts the container; rejects when the signal aborts it. */
  start(signal: AbortSignal): Promise<void>;
  /** Sends one datagram, as sd_notify(3) does. */
  notify(socket: string, text: string): void;
  /** Milliseconds; for tests. */
  readonly patience?: number;
}

/**
 * Resolves to the exit status of this process: as init ended, and 0 when it was told to end. Rejects when the container
 * doesn't start.
 */
export async function runInForeground(foreground: Foreground): Promise<number> {
  const { context, domain } = foreground;
  const socket = context.environment['NOTIFY_SOCKET'];
  // The supervisor is told by this process alone, not by the container or its monitor.
  delete context.environment['NOTIFY_SOCKET'];
  const relay = new SignalRelay(context.signals, domain, foreground.patience ?? patience);
  try {
    await foreground.start(relay.aborted);
    relay.containerRuns();
    if (socket !== undefined && socket !== '') foreground.notify(socket, 'READY=1');
    const record = await finalEnd(domain, relay);
    return relay.wantsEnd ? 0 : exitStatus(record);
  } catch (error) {
    if (relay.abortedBy !== undefined && TslxcError.is(error, 'OPERATION_ABORTED')) {
      return signalStatus(relay.abortedBy);
    }
    throw error;
  } finally {
    relay.close();
  }
}

/** The end after which the domain stays off: on_reboot and the like may have started it again. */
async function finalEnd(domain: Supervised, relay: SignalRelay): Promise<ExitRecord> {
  for (;;) {
    const record = await domain.wait();
    if (!(await isRunning(domain))) return record;
    // The supervisor has asked this process to end: the container is not to come back.
    if (relay.wantsEnd) await domain.destroy();
  }
}

/** Also waits until what the last container left behind is cleaned up. */
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
 * Before the container runs, a terminating signal abandons the start. Then the first one asks init to end, another one
 * kills the container, and the rest go to init.
 */
class SignalRelay {
  readonly #source: SignalSource;
  readonly #domain: Supervised;
  readonly #patience: number;
  readonly #abort = new AbortController();
  #phase: 'starting' | 'running' = 'starting';
  #abortedBy: NodeJS.Signals | undefined;
  #wantsEnd = false;
  readonly #over = new AbortController();

  constructor(source: SignalSource, domain: Supervised, patience: number) {
    this.#source = source;
    this.#domain = domain;
    this.#patience = patience;
    for (const signal of forwarded) source.on(signal, this.#onSignal);
  }

  get aborted(): AbortSignal {
    return this.#abort.signal;
  }

  get abortedBy(): NodeJS.Signals | undefined {
    return this.#abortedBy;
  }

  /** A terminating signal has come. */
  get wantsEnd(): boolean {
    return this.#wantsEnd;
  }

  containerRuns(): void {
    this.#phase = 'running';
    // The signal came too late to abandon the start: it ends the container now.
    if (this.#abortedBy !== undefined) this.#onSignal(this.#abortedBy);
  }

  close(): void {
    this.#over.abort();
    for (const signal of forwarded) this.#source.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const terminates = terminating.includes(signal);
    if (this.#phase === 'starting') {
      if (!terminates) return;
      this.#abortedBy ??= signal;
      this.#abort.abort();
      return;
    }
    // Init may have ended by itself a moment ago: wait() tells.
    if (!terminates) this.#domain.sendSignal(constants.signals[signal]).catch(ignore);
    else if (this.#wantsEnd) this.#domain.destroy().catch(ignore);
    else {
      this.#wantsEnd = true;
      this.#end().catch(ignore);
    }
  };

  /** Ends the container, whether or not init heeds the request. */
  async #end(): Promise<void> {
    const { signal } = this.#over;
    try {
      const options = { mode: 'auto', timeout: this.#patience, signal } as const;
      const { outcome } = await this.#domain.shutdown(options);
      if (outcome === 'stopped') return;
    } catch {
      // Init can't be asked, or runs on.
    }
    if (!signal.aborted) await this.#domain.destroy();
  }
}

function ignore(): void {
  // The container has ended meanwhile, or its end is told by wait().
}
