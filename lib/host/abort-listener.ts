/**
 * Listens for the abort of a caller's signal. A service may well give one signal to a thousand calls, and Node.js warns of
 * a leak from eleven listeners of one signal on: all of them share one.
 */
import { TslxcError } from '../errors';

type Listener = () => void;

interface Shared {
  readonly listeners: Set<Listener>;
  /** Removes the one listener that the signal has. */
  readonly end: Listener;
}

const bySignal = new WeakMap<AbortSignal, Shared>();

/**
 * Calls `listener` when the signal fires, or at once if it already has; the returned function stops listening. Does nothing
 * without a signal.
 */
export function onAbort(signal: AbortSignal | undefined, listener: Listener): Listener {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  const { listeners, end } = bySignal.get(signal) ?? listenTo(signal);
  // Each call has an entry of its own, even if two calls pass the same function.
  const entry = (): void => listener();
  listeners.add(entry);
  return () => {
    if (listeners.delete(entry) && listeners.size === 0) end();
  };
}

function listenTo(signal: AbortSignal): Shared {
  const listeners = new Set<Listener>();
  const handler = (): void => {
    // Removing or adding a listener during this loop takes effect at once.
    for (const listener of listeners) listener();
  };
  const end = (): void => {
    signal.removeEventListener('abort', handler);
    bySignal.delete(signal);
  };
  signal.addEventListener('abort', handler, { once: true });
  const shared = { listeners, end };
  bySignal.set(signal, shared);
  return shared;
}

/** The error of a call that `signal` has ended. */
export function abortedBy(signal: AbortSignal): TslxcError {
  return new TslxcError('OPERATION_ABORTED', 'the caller asked for it', { cause: signal.reason });
}
