/**
 * When the calls of one user's clients begin: few are under way at once, and few begin in one iteration of the event loop, so that it
 * gets to the calls of others, such as root's, between them. The clients that have to wait get their turns one after the other.
 */
import type { BoundsOfUser } from './bounds';

type TurnBounds = Pick<BoundsOfUser, 'calls' | 'callsInTurn' | 'turnMilliseconds'>;

export class Turns {
  readonly #bounds: TurnBounds;
  readonly #now: () => number;
  /** What the clients that wait do once there is a place, in the order of their waiting. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  /** How many were begun in this iteration of the event loop, and when it is over for this user. */
  #begun = 0;
  #ends = 0;

  constructor(bounds: TurnBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  /** Whether a call may begin now. */
  get isFree(): boolean {
    const { calls, callsInTurn } = this.#bounds;
    if (this.#underWay >= calls || this.#begun >= callsInTurn) return false;
    return this.#begun === 0 || this.#now() < this.#ends;
  }

  begin(): void {
    this.#underWay += 1;
    if (this.#bounds.calls === Infinity) return;
    if (this.#begun === 0) {
      this.#ends = this.#now() + this.#bounds.turnMilliseconds;
      setImmediate(() => this.#takeTurn());
    }
    this.#begun += 1;
  }

  end(): void {
    this.#underWay -= 1;
    this.#wake();
  }

  /** Calls `goOn` once, when a call may begin. */
  wait(goOn: () => void): void {
    this.#waiting.add(goOn);
  }

  /** It waits no more. */
  leave(goOn: () => void): void {
    this.#waiting.delete(goOn);
  }

  #takeTurn(): void {
    this.#begun = 0;
    this.#wake();
  }

  #wake(): void {
    for (const goOn of [...this.#waiting]) {
      if (!this.isFree) return;
      this.#waiting.delete(goOn);
      goOn();
    }
  }
}
