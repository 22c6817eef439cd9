/**
 * Keeps the event loop awake while the next call is expected. A client that sends one call after the other waits for each answer: to
 * put this process to sleep in between, and to wake it, takes longer than most answers do, above all on a virtual machine. It costs a
 * moment of processor time for each answer at most, and is only done where the client has another processor.
 */
import { availableParallelism } from 'node:os';

/** Milliseconds for which the next call is waited for awake. */
const moment = 0.25;

/** That of one event loop, for all its clients. */
export class Attention {
  readonly #isWorthwhile = availableParallelism() > 1;
  #until = 0;
  #next: NodeJS.Immediate | undefined;

  /** Keeps the event loop awake for a moment from now on. */
  hold(): void {
    if (!this.#isWorthwhile) return;
    this.#until = performance.now() + moment;
    if (this.#next === undefined) this.#next = setImmediate(this.#look);
  }

  /** A method would have to be bound for each of some hundred thousand iterations in a second. */
  readonly #look = (): void => {
    this.#next = performance.now() < this.#until ? setImmediate(this.#look) : undefined;
  };
}

/** Whether one client sends its next call right after an answer. */
export class Eagerness {
  readonly #attention: Attention;
  #answered = -Infinity;
  #isEager = false;

  constructor(attention: Attention) {
    this.#attention = attention;
  }

  /** Something has come from the client. */
  hear(): void {
    this.#isEager = performance.now() - this.#answered < 2 * moment;
  }

  /** An answer has been sent. The next call is waited for awake if the last one came that soon. */
  answer(): void {
    this.#answered = performance.now();
    if (this.#isEager) this.#attention.hold();
  }
}
