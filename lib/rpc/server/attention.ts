/**
 * Keeps the event loop from sleeping while the next call is expected. A client that asks one thing after the other waits for each
 * answer: to put this process to sleep in between, and to wake it, takes longer than most of the answers do, above all on a virtual
 * machine. It costs the processor no more than a moment for each answer, and only where there is another one for the client.
 */
import { availableParallelism } from 'node:os';

/** Milliseconds from an answer in which a client asks again that is waited for like that. */
const moment = 0.25;

/** Of all clients. */
export class Attention {
  readonly #isWorthwhile = availableParallelism() > 1;
  #until = 0;
  #next: NodeJS.Immediate | undefined;

  /** A client that asks again within a moment, as it has done before, is heard at once. */
  hold(): void {
    if (!this.#isWorthwhile) return;
    this.#until = performance.now() + moment;
    this.#next ??= setImmediate(this.#look);
  }

  /** A method would be bound for each of thousands of looks in a second. */
  readonly #look = (): void => {
    this.#next = performance.now() < this.#until ? setImmediate(this.#look) : undefined;
  };
}

/** Whether one client asks its next thing soon after it has got an answer. */
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

  /** It has been sent an answer. */
  answer(): void {
    this.#answered = performance.now();
    if (this.#isEager) this.#attention.hold();
  }
}
