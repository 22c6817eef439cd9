/** The daemon of a storm, on its root: killed and started again, and known not to end by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from '../../support/clients/client-world';
import type { DaemonProcess } from '../../support/clients/daemon-process';

/** When an operation began, as the daemon's life goes. */
export interface Moment {
  readonly kills: number;
  readonly isUp: boolean;
}

export class StormDaemon {
  readonly #root: string;
  readonly #onFault: (what: string, details: string[]) => void;
  /** Numbers of the domains whose containers end with a client of it, and so with itself. */
  readonly bonded = new Set<number>();
  #process: DaemonProcess;
  /** The one whose end nobody has to be told of. */
  #doomed: DaemonProcess | undefined;
  #kills = 0;
  #isUp = true;

  private constructor(process: DaemonProcess, parts: StormDaemonParts) {
    this.#process = process;
    [this.#root, this.#onFault] = [parts.root, parts.onFault];
    this.#watch();
  }

  static async start(parts: StormDaemonParts): Promise<StormDaemon> {
    return new StormDaemon(await startDaemon(parts.root), parts);
  }

  now(): Moment {
    return { kills: this.#kills, isUp: this.#isUp };
  }

  /** Whether a connection can have been lost, or refused, since that moment. */
  wasAwaySince({ kills, isUp }: Moment): boolean {
    return !isUp || kills !== this.#kills;
  }

  /** Kills it, and starts another one so many milliseconds later. */
  async replace(milliseconds: number): Promise<void> {
    this.#doomed = this.#process;
    this.#kills += 1;
    this.#isUp = false;
    await this.#process.end('SIGKILL');
    await sleep(milliseconds);
    this.#process = await startDaemon(this.#root);
    this.#watch();
    this.#isUp = true;
  }

  /** Kills it without anybody's knowing: a fault that the storm is given to find. */
  killSecretly(): void {
    process.kill(this.#process.pid, 'SIGKILL');
  }

  /** Tells it to end. */
  async end(): Promise<void> {
    this.#doomed = this.#process;
    const daemon = this.#process;
    const late = sleep(endPatience, 'late' as const, { ref: false });
    const end = await Promise.race([daemon.end(), late]);
    if (end === 0) return;
    const words = end === 'late' ? `has not ended after ${endPatience / 1000} s` : `ended: ${end}`;
    this.#onFault(`the daemon that was told to end ${words}`, daemon.said.split('\n'));
    if (end === 'late') await daemon.end('SIGKILL');
  }

  #watch(): void {
    const daemon = this.#process;
    void daemon.exit().then((end) => {
      if (this.#doomed === daemon) return;
      this.#onFault(`the daemon has ended by itself: ${end}`, daemon.said.split('\n'));
    });
  }
}

export interface StormDaemonParts {
  readonly root: string;
  /** Told of an end that is none of the storm's. */
  readonly onFault: (what: string, details: string[]) => void;
}

/** Milliseconds. */
const endPatience = 30_000;
