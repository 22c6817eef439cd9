/**
 * Limits how many containers a process starts or ends at once. Hundreds that are requested at the same moment would only
 * compete for the CPUs, each of them past its time limits, and would delay everything else that the process does. Starts and
 * ends are counted separately, so that a start does not wait behind hundreds of ends.
 */
import { availableParallelism } from 'node:os';
import { turn } from '../../host/slices';
import { abortable, throwIfAborted } from './abort';

/**
 * If none has finished for so many ticks, those that have been in progress for as long no longer count, since they must be waiting
 * for something other than the CPUs. Ticks of this event loop, and not the time: a process that was not given a CPU, or was stopped,
 * has had no chance to hear that one has finished.
 */
const patience = 10;

/** Milliseconds of a tick, at least. */
const tick = 25;

/** A start or an end that is in progress. */
interface Place extends Disposable {
  /** In ticks. */
  readonly since: number;
}

export class Admission {
  /** How many may be in progress at once. */
  readonly width: number;
  /** In order of admission. */
  readonly #inside = new Set<Place>();
  readonly #waiting: ((place: Place) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** They are counted while there are waiters. */
  #ticks = 0;
  #lastLeft = 0;

  constructor(width: number) {
    this.width = width;
  }

  /**
   * Waits for a place, in the order of the calls; `using` gives it back.
   *
   * @throws TslxcError OPERATION_ABORTED when the signal fires first.
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
    // A caller that finds a place free needs no turn here: it has just had one, when it took the lock.
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
      since: this.#ticks,
      [Symbol.dispose]: () => {
        this.#lastLeft = this.#ticks;
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
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** While there are waiters, checks that starts or ends still make progress. */
  #watch(): void {
    this.#timer ??= setInterval(() => {
      this.#ticks += 1;
      this.#lapse();
    }, tick);
  }

  #lapse(): void {
    const late = this.#ticks - patience;
    if (this.#lastLeft > late) return;
    for (const place of [...this.#inside]) {
      if (place.since > late) break;
      this.#inside.delete(place);
    }
    this.#admit();
  }
}

/**
 * Per CPU: more than one, so that the CPU has work while one of them waits for the kernel. An end waits longer, for its processes
 * and for the kernel's single lock for cgroups. Higher numbers would be no faster: monitors, inits and jobs would queue for the
 * CPUs, and the event loop behind them.
 */
const widths = { start: 2, end: 3 };

/** One for the whole process: all its connections share one event loop. */
export const admission = {
  starts: new Admission(widths.start * availableParallelism()),
  ends: new Admission(widths.end * availableParallelism()),
};
