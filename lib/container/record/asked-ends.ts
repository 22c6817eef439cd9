/**
 * The shutdowns and reboots that are requested of init, as recorded for a container that is started again when it has
 * failed: each request is on record before init is asked. A caller that could not ask takes its own request back,
 * whatever others have requested meanwhile, and however those requests end. Pure.
 */

/** A requested shutdown or reboot. */
export interface AskedEnd {
  /** Identifies this request. */
  readonly id: string;
  /**
   * Until when an end counts as this shutdown, in milliseconds since the epoch. A reboot has none: shutdowns before it
   * no longer count.
   */
  readonly until?: number;
}

/** How many requests are kept; the oldest are dropped, since a caller may ask again and again. */
const most = 32;

/** The requests with `one` added at the end, and without those that no longer count `now`, in milliseconds since the epoch. */
export function withAskedEnd(asked: readonly AskedEnd[], one: AskedEnd, now: number): AskedEnd[] {
  const left = asked.filter(({ until = Infinity }) => until >= now);
  const first = left.findIndex(({ until }) => until !== undefined);
  return [...(first === -1 ? [] : left.slice(first)), one].slice(-most);
}

/** The requests without the one of that id; undefined when none is left. */
export function withoutAskedEnd(asked: readonly AskedEnd[], id: string): AskedEnd[] | undefined {
  const left = asked.filter((one) => one.id !== id);
  return left.length === 0 ? undefined : left;
}

/** Whether an end at that time, in milliseconds since the epoch, is a shutdown that was asked for. */
export function isAskedShutdown(asked: readonly AskedEnd[], time: number): boolean {
  const reboot = asked.findLastIndex(({ until }) => until === undefined);
  return asked.slice(reboot + 1).some(({ until = 0 }) => time <= until);
}
