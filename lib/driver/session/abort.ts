/** AbortSignal, with the errors of this package. */
import { TslxcError } from '../../errors';

/** @throws TslxcError OPERATION_ABORTED when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal);
}

/** Runs `work`, and rejects with OPERATION_ABORTED as soon as the signal fires: `work` goes on then, but its outcome is lost. */
export function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function aborted(signal: AbortSignal): TslxcError {
  return new TslxcError('OPERATION_ABORTED', 'the caller asked for it', { cause: signal.reason });
}
