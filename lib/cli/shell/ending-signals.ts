/** Signals that ask this process to end, for a command that undoes what it has begun before it does. */
import { TslxcError } from '../../errors';
import type { SignalSource } from './command';
import { signalStatus } from './exit-status';
import type { Output } from '../output/output';

const endingSignals: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** The first signal that asks this process to end aborts what it does. */
export class EndingSignals implements Disposable {
  readonly #source: SignalSource;
  readonly #abort = new AbortController();
  #received: NodeJS.Signals | undefined;

  constructor(source: SignalSource) {
    this.#source = source;
    for (const signal of endingSignals) source.on(signal, this.#onSignal);
  }

  get aborted(): AbortSignal {
    return this.#abort.signal;
  }

  get received(): NodeJS.Signals | undefined {
    return this.#received;
  }

  [Symbol.dispose](): void {
    for (const signal of endingSignals) this.#source.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#received ??= signal;
    this.#abort.abort();
  };
}

/**
 * Runs `action`, which takes a signal to abort it by; a signal to this process does. Resolves to the exit status for that: then
 * `note` is told, which says what was left.
 */
export async function untilEnded(
  { signals, output }: { readonly signals: SignalSource; readonly output: Output },
  note: string,
  action: (signal: AbortSignal) => Promise<void>,
): Promise<number | undefined> {
  using ending = new EndingSignals(signals);
  try {
    await action(ending.aborted);
    return undefined;
  } catch (error) {
    if (ending.received === undefined || !isAbort(error)) throw error;
    output.note(`interrupted: ${note}`);
    return signalStatus(ending.received);
  }
}

function isAbort(error: unknown): boolean {
  if (TslxcError.is(error, 'OPERATION_ABORTED')) return true;
  return error instanceof Error && TslxcError.is(error.cause, 'OPERATION_ABORTED');
}
