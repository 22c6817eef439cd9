/** What runs when a connection is closed: waits and streams, which end, and changes, which are waited for. */
import { TslxcError } from '../../errors';
import { onAbort } from '../../host/abort-listener';

/** The error of all that is asked of a connection that is closed, or ends with it. */
export function connectionClosed(): TslxcError {
  return new TslxcError('OPERATION_INVALID', 'connection is closed');
}

export class CallsInFlight {
  readonly #listeners = new Set<() => void>();
  readonly #changes = new Set<Promise<unknown>>();
  #state: 'open' | 'ended' = 'open';

  /** Calls `listener` when the connection is closed, or at once if it is; the returned function stops listening. */
  whenClosed(listener: () => void): () => void {
    if (this.#state === 'ended') {
      listener();
      return () => undefined;
    }
    // Each call has an entry of its own, even if two calls pass the same function.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * Runs `work` with a signal that fires with the caller's, and when the connection is closed.
   *
   * @throws TslxcError OPERATION_INVALID if that has ended it; as `work`.
   */
  async untilClosed<T>(
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const over = new AbortController();
    const closed = connectionClosed();
    const stops = [
      onAbort(given, () => over.abort(given?.reason)),
      this.whenClosed(() => over.abort(closed)),
    ];
    try {
      return await work(over.signal);
    } catch (error) {
      const isClosed = over.signal.reason === closed;
      throw isClosed && TslxcError.is(error, 'OPERATION_ABORTED') ? closed : error;
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** `settled` waits for this call, whatever its outcome, which is its caller's. */
  follow(call: Promise<unknown>): void {
    const ended = call.then(
      () => undefined,
      () => undefined,
    );
    this.#changes.add(ended);
    void ended.then(() => this.#changes.delete(ended));
  }

  /** Ends what waits for the end of the connection. */
  end(): void {
    this.#state = 'ended';
    for (const listener of [...this.#listeners]) listener();
  }

  /** Resolves when no call is followed any more. */
  async settled(): Promise<void> {
    while (this.#changes.size > 0) await Promise.all(this.#changes);
  }
}
