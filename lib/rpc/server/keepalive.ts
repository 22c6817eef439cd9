/** Pings a client from which nothing has come for a while, and gives it up when it does not answer. */

/** Milliseconds without a message after which a client is pinged, as in libvirt. */
const interval = 5000;

/** As many pings may stay without an answer. */
const patience = 5;

export interface KeepaliveActions {
  /** Whether it is read from: what it answers is not heard while enough is under way for it. */
  readonly isHeard: () => boolean;
  readonly ping: () => void;
  readonly giveUp: () => void;
}

export class Keepalive {
  readonly #actions: KeepaliveActions;
  readonly #timer: NodeJS.Timeout;
  #unanswered = 0;
  #heard = false;

  constructor(actions: KeepaliveActions) {
    this.#actions = actions;
    this.#timer = setInterval(() => this.#tick(), interval);
    this.#timer.unref();
  }

  /** Something has come from the client. */
  hear(): void {
    this.#heard = true;
    this.#unanswered = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.#heard || !this.#actions.isHeard()) {
      this.#heard = false;
      return;
    }
    if (this.#unanswered === patience) {
      this.#actions.giveUp();
      return;
    }
    this.#unanswered += 1;
    this.#actions.ping();
  }
}
