/** Pings a client that has been silent for a while, and gives up on it when it does not answer. */

/** Milliseconds without a message after which a client is pinged, as in libvirt. */
const interval = 5000;

/** How many pings in a row may stay unanswered. */
const patience = 5;

export interface KeepaliveActions {
  /** Whether the client is being read from: its answers go unnoticed while its calls, or others of its user, hold that up. */
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
      // Its answers may have come since, unread.
      this.#unanswered = 0;
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
