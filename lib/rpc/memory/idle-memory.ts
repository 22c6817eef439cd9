/**
 * Decides when the daemon gives memory back: once it has had nothing to do for a while, and only if the process has grown since
 * the last time. An idle daemon is never woken up for this, and no call in progress is delayed.
 */
import type { Activity } from '../server/client';

/** Milliseconds without anything to do after which memory is given back. */
const quietTime = 2000;

/** KiB. Less is not worth the time: a client that polls every few seconds does not cost a collection each time. */
const worthwhile = 1024;

export interface IdleMemoryActions {
  /** KiB that the process holds. */
  readonly held: () => number;
  /** Gives back unused memory. Blocks the event loop for some 20 ms. */
  readonly giveBack: () => void;
  /** Called once, when it stops. */
  readonly stop: () => void;
}

export class IdleMemory implements Activity {
  readonly #actions: IdleMemoryActions;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  /** `rested`: memory has been given back, and nothing has happened since. */
  #state: 'used' | 'rested' | 'stopped' = 'used';
  /** KiB that were held when something happened for the first time after memory was given back. */
  #before = 0;

  constructor(actions: IdleMemoryActions) {
    this.#actions = actions;
  }

  begin(): void {
    this.#underWay += 1;
    this.touch();
  }

  end(): void {
    this.#underWay -= 1;
    this.touch();
  }

  touch(): void {
    if (this.#state === 'stopped') return;
    if (this.#state === 'rested') {
      this.#state = 'used';
      // Measured only now: after a collection, V8 continues to free pages in its own threads.
      this.#before = this.#actions.held();
    }
    if (this.#timer === undefined) this.#await();
    else this.#timer.refresh();
  }

  /** Gives nothing back from now on, whatever happens. Does nothing the second time. */
  stop(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    this.#actions.stop();
  }

  #await(): void {
    this.#timer = setTimeout(() => this.#rest(), quietTime);
    this.#timer.unref();
  }

  #rest(): void {
    this.#timer = undefined;
    // `end` will start the timer again.
    if (this.#underWay > 0) return;
    if (this.#actions.held() - this.#before < worthwhile) return;
    this.#actions.giveBack();
    this.#state = 'rested';
  }
}
