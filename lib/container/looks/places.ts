/**
 * Limits how many lookers this process has at a time. Abandoned ones count until they end, so that a file system that
 * never answers costs the host that many processes and no more, however many calls wait for it.
 */
import { TslxcError } from '../../errors';

const most = 64;

interface Waiter {
  readonly enter: () => void;
  readonly refuse: (reason: TslxcError) => void;
}

/** How many of the taken places belong to abandoned lookers. */
let left = 0;
let taken = 0;
const waiting: Waiter[] = [];

/**
 * Takes a place, or waits for one while one may still become free.
 *
 * @throws TslxcError RESOURCE_BUSY when abandoned lookers have all of them.
 */
export async function takePlace(): Promise<void> {
  if (left >= most) throw tooManyLeft(left);
  if (taken < most) {
    taken += 1;
    return;
  }
  await new Promise<void>((enter, refuse) => waiting.push({ enter, refuse }));
}

/** Frees a place: the call that has waited longest gets it. */
export function freePlace(): void {
  const next = waiting.shift();
  if (next === undefined) taken -= 1;
  else next.enter();
}

/** Marks a place as an abandoned looker's. It stays taken until that ends: see `freeLeftPlace`. */
export function leavePlace(): void {
  left += 1;
  if (left < most) return;
  for (const { refuse } of waiting.splice(0)) refuse(tooManyLeft(left));
}

export function freeLeftPlace(): void {
  left -= 1;
  freePlace();
}

/** The error of a look-up when so many lookers are abandoned that no more may be started. */
export function tooManyLeft(count: number): TslxcError {
  const detail = `${count} processes of tslxc wait for file systems that do not answer; look for them by \`ps -C tslxc-look\``;
  return new TslxcError('RESOURCE_BUSY', detail, { step: 'look at what the definition names' });
}
