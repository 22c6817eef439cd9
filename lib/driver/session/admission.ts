/**
 * How many containers a process starts or ends at once: hundreds that are asked for in one moment would only wait for the
 * processors, each of them longer than its time limits, and everything else that the process does with them. Starts and ends
 * are counted apart, so that a start does not wait behind the ends of hundreds.
 */
import { availableParallelism } from 'node:os';
import { turn } from '../../host/slices';
import { abortable, throwIfAborted } from './abort';

/**
 * Milliseconds without one that is done, after which those that are inside for as long do not count any more: they wait for something
 * other than the processors.
 */
const patience = 250;

/** One that is being started or ended. */
interface Place extends Disposable {
  readonly since: number;
}

export class Admission {
  /** How many there may be. */
  readonly width: number;
  /** The one that was admitted first is the first. */
  readonly #inside = new Set<Place>();
  readonly #waiting: ((place: Place) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastLeft = 0;

  constructor(width: number) {
    this.width = width;
  }

  /**
   * Waits for a place, in the order of the calls; `using` gives it back.
   *
   * @throws TslxcError OPERATION_ABORTED when the signal fires before.
   */
  async enter(signal?: AbortSignal): Promise<Disposable> {
    const entering = this.#place();
    try {
      const place = await abortable(signal, () => entering);
      throwIfAborted(signal);
      return place;
    } catch (error) {
      void entering.then((place) => place[Symbol.dispose]());
      throw error;
    }
  }

  async #place(): Promise<Place> {
    const isFree = this.#inside.size < this.width && this.#waiting.length === 0;
    // One that finds a place free has had its turn for the lock just before.
    if (isFree) return this.#take();
    const place = await this.#next();
    await turn();
    return place;
  }

  #next(): Promise<Place> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#watch();
    });
  }

  #take(): Place {
    const place: Place = {
      since: performance.now(),
      [Symbol.dispose]: () => {
        this.#lastLeft = performance.now();
        if (this.#inside.delete(place)) this.#admit();
      },
    };
    this.#inside.add(place);
    return place;
  }

  #admit(): void {
    while (this.#inside.size < this.width) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      next(this.#take());
    }
    if (this.#waiting.length > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** As long as there are waiters, looks whether it still goes on. */
  #watch(): void {
    if (this.#timer !== undefined) return;
    const [{ since = 0 } = {}] = this.#inside;
    const due = Math.max(since, this.#lastLeft) + patience;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#lapse();
        if (this.#waiting.length > 0) this.#watch();
      },
      Math.max(1, due - performance.now()),
    );
  }

  #lapse(): void {
    const late = performance.now() - patience;
    if (this.#lastLeft > late) return;
    for (const place of [...this.#inside]) {
      if (place.since > late) break;
      this.#inside.delete(place);
    }
    this.#admit();
  }
}

/**
 * For each processor, so that there is something to do while one waits for the kernel. An end waits more, for its processes and
 * for the kernel's one lock for cgroups. More would be no faster: their monitors, inits and jobs would queue for the processors, and
 * the event loop behind them.
 */
const widths = { start: 2, end: 3 };

/** Of this process, for all its connections: they share its one event loop. */
export const admission = {
  starts: new Admission(widths.start * availableParallelism()),
  ends: new Admission(widths.end * availableParallelism()),
};
