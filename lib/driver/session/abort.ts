/** AbortSignal, with the errors of this package. */
import { setTimeout as sleep } from 'node:timers/promises';
import { abortedBy, onAbort } from '../../host/abort-listener';

/** @throws TslxcError OPERATION_ABORTED when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedBy(signal);
}

/** Runs `work`, and rejects with OPERATION_ABORTED as soon as the signal fires: `work` goes on then, but its outcome is lost. */
export function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(abortedBy(signal)));
    work().then(resolve, reject).finally(stop);
  });
}

/** The lock, unless the signal fires before it is granted: then it is released once it is. @throws TslxcError OPERATION_ABORTED. */
export async function granted(
  locking: Promise<Disposable>,
  signal: AbortSignal | undefined,
): Promise<Disposable> {
  try {
    const lock = await abortable(signal, () => locking);
    throwIfAborted(signal);
    return lock;
  } catch (error) {
    locking.then(
      (lock) => lock[Symbol.dispose](),
      () => undefined,
    );
    throw error;
  }
}

/** Resolves after so many milliseconds, or as soon as the signal fires. */
export async function pauseFor(
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const over = new AbortController();
  const stop = onAbort(signal, () => over.abort());
  await sleep(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  stop();
}
