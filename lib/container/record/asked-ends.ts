/**
 * The shutdowns and reboots that are requested of init, as recorded for a container that is started again when it has
 * failed: each request is on record before init is asked. A caller that could not ask takes its own request back,
 * whatever others have requested meanwhile, and however those requests end. Pure.
 */
import { millisecondsBetween } from '../../host/kernel/boot/boot-clock';
import type { Moment } from '../../host/kernel/boot/boot-clock';

/** A requested shutdown or reboot. */
export interface AskedEnd {
  /** Identifies this request. */
  readonly id: string;
  /**
   * Until when an end counts as this shutdown, in milliseconds since the epoch. A reboot has none: shutdowns before it
   * no longer count.
   */
  readonly until?: number;
  /** The same on the boot's clock, which counts where it is known; missing in records by older versions of the package. */
  readonly untilSinceBoot?: number;
}

/** How many requests are kept; the oldest are dropped, since a caller may ask again and again. */
const most = 32;

/** A shutdown whose end is to be expected within so many milliseconds from now; without them, a reboot. */
export function askedEnd(id: string, now: Required<Moment>, within: number | undefined): AskedEnd {
  if (within === undefined) return { id };
  return { id, until: now.time + within, untilSinceBoot: now.sinceBoot + within };
}

/** The requests with `one` added at the end, and without those that no longer count now. */
export function withAskedEnd(
  asked: readonly AskedEnd[],
  one: AskedEnd,
  now: Required<Moment>,
): AskedEnd[] {
  const left = asked.filter((before) => isReboot(before) || isInTime(before, now));
  const first = left.findIndex((before) => !isReboot(before));
  return [...(first === -1 ? [] : left.slice(first)), one].slice(-most);
}

/** The requests without the one of that id; undefined when none is left. */
export function withoutAskedEnd(asked: readonly AskedEnd[], id: string): AskedEnd[] | undefined {
  const left = asked.filter((one) => one.id !== id);
  return left.length === 0 ? undefined : left;
}

/** Whether an end at that moment is a shutdown that was asked for. */
export function isAskedShutdown(asked: readonly AskedEnd[], end: Moment): boolean {
  const reboot = asked.findLastIndex(isReboot);
  return asked.slice(reboot + 1).some((one) => isInTime(one, end));
}

function isReboot({ until }: AskedEnd): boolean {
  return until === undefined;
}

function isInTime({ until = 0, untilSinceBoot }: AskedEnd, end: Moment): boolean {
  const last = untilSinceBoot === undefined ? {} : { sinceBoot: untilSinceBoot };
  return millisecondsBetween(end, { time: until, ...last }) >= 0;
}
