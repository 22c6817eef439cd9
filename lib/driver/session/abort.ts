/** AbortSignal, with the errors of this package. */
import { TslxcError } from '../../errors';

/** @throws TslxcError OPERATION_ABORTED when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal);
}

/**
 * Runs `work` and rejects with OPERATION_ABORTED as soon as the signal fires; but no longer once `work`
 * has called `commit`, after which the outcome is its own.
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  work: (commit: () => void) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work(() => undefined);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal));
    const commit = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work(commit).then(resolve, reject).finally(commit);
  });
}

function aborted(signal: AbortSignal): TslxcError {
  return new TslxcError('OPERATION_ABORTED', 'the caller asked for it', { cause: signal.reason });
}
