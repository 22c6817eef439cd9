/**
 * How many processes of this one may look at paths at a time. Those that have been left alone count until they end; so a file
 * system that never answers costs the host so many processes and no more, however many calls wait for it.
 */
import { TslxcError } from '../../errors';

const most = 64;

interface Waiter {
  readonly enter: () => void;
  readonly refuse: (reason: TslxcError) => void;
}

/** Of all that have a place, those that have been left alone. */
let left = 0;
let taken = 0;
const waiting: Waiter[] = [];

/**
 * Waits for a place while others may still become free.
 *
 * @throws TslxcError RESOURCE_BUSY when all are taken by processes that have been left alone.
 */
export async function takePlace(): Promise<void> {
  if (left >= most) throw tooManyLeft(left);
  if (taken < most) {
    taken += 1;
    return;
  }
  await new Promise<void>((enter, refuse) => waiting.push({ enter, refuse }));
}

/** The call that has waited longest gets it. */
export function freePlace(): void {
  const next = waiting.shift();
  if (next === undefined) taken -= 1;
  else next.enter();
}

/** The place stays taken: `freeLeftPlace` at the end of its process. */
export function leavePlace(): void {
  left += 1;
  if (left < most) return;
  for (const { refuse } of waiting.splice(0)) refuse(tooManyLeft(left));
}

export function freeLeftPlace(): void {
  left -= 1;
  freePlace();
}

/** The error of a look when so many processes have been left alone that there is to be none more. */
export function tooManyLeft(count: number): TslxcError {
  const detail = `${count} processes of tslxc wait for file systems that do not answer; look for them by \`ps -C tslxc-look\``;
  return new TslxcError('RESOURCE_BUSY', detail, { step: 'look at what the definition names' });
}
