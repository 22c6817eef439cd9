/**
 * The shutdowns and reboots that init is asked for, as the record of a container has them that is started again when it has failed: each
 * is there before init is asked. A caller who could not ask takes its own back, whatever others have asked for meanwhile, and however
 * theirs ends. Pure.
 */

/** One that init is asked for. */
export interface AskedEnd {
  /** Of this request alone. */
  readonly id: string;
  /** Until when an end is this shutdown, in milliseconds since the epoch. A reboot has none: no shutdown before it counts any more. */
  readonly until?: number;
}

/** Of more, the first are forgotten: a caller may ask again and again. */
const most = 32;

/** With one more, the last, and without those that say nothing any more `now`, in milliseconds since the epoch. */
export function withAskedEnd(asked: readonly AskedEnd[], one: AskedEnd, now: number): AskedEnd[] {
  const left = asked.filter(({ until = Infinity }) => until >= now);
  const first = left.findIndex(({ until }) => until !== undefined);
  return [...(first === -1 ? [] : left.slice(first)), one].slice(-most);
}

/** Without the request of that id; undefined when there is no other. */
export function withoutAskedEnd(asked: readonly AskedEnd[], id: string): AskedEnd[] | undefined {
  const left = asked.filter((one) => one.id !== id);
  return left.length === 0 ? undefined : left;
}

/** Whether an end at that time, in milliseconds since the epoch, is a shutdown that was asked for. */
export function isAskedShutdown(asked: readonly AskedEnd[], time: number): boolean {
  const reboot = asked.findLastIndex(({ until }) => until === undefined);
  return asked.slice(reboot + 1).some(({ until = 0 }) => time <= until);
}
