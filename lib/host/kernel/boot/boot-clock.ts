/**
 * The clock of this boot (CLOCK_MONOTONIC), by which records say how long ago something was. The time of day is set by hand and by the
 * network, forwards and backwards: it says when something was, and never how long something has taken. Only comparable within one boot.
 */

/** Milliseconds; the time in which the host was suspended does not count. */
export function bootClock(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** A moment on both clocks, as records keep it. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds on the boot's clock; missing in records by older versions of the package. */
  readonly sinceBoot?: number;
}

export function thisMoment(): Required<Moment> {
  return { time: Date.now(), sinceBoot: bootClock() };
}

/** Milliseconds from one moment to a later one of the same boot: by the time of day only if one of them has nothing else. */
export function millisecondsBetween(from: Moment, to: Moment): number {
  if (from.sinceBoot === undefined || to.sinceBoot === undefined) return to.time - from.time;
  return to.sinceBoot - from.sinceBoot;
}
