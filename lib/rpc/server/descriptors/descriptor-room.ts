/**
 * Notices that this process has hardly any descriptor left. Node.js reports no connection for which there is none: libuv takes it and
 * closes it at once, so the client is gone without a word, and nobody hears of it.
 */
import { raiseDescriptors } from '../../../errors';
import type { Logger } from '../../../host/logger';

/** Descriptors below the limit from which on clients may be lost, and above which there is room again. */
const few = 16;
const enough = 64;

export class DescriptorRoom {
  readonly #limit: number;
  readonly #logger: Pick<Logger, 'warn'>;
  #isShort = false;

  /** `limit` is that of this process's descriptors: `Max open files` of proc_pid_limits(5). */
  constructor(limit: number, logger: Pick<Logger, 'warn'>) {
    this.#limit = limit;
    this.#logger = logger;
  }

  /** `descriptor` is that of the newest client: the kernel gives the lowest number that is free, so those below it are in use. */
  note(descriptor: number): void {
    const left = this.#limit - 1 - descriptor;
    if (left >= enough) this.#isShort = false;
    if (left > few || this.#isShort) return;
    this.#isShort = true;
    const detail = `hardly any descriptor is left: further clients are disconnected unanswered; ${raiseDescriptors()}`;
    this.#logger.warn({ limit: this.#limit, left }, detail);
  }
}
