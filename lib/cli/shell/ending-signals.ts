/** Signals that ask this process to exit, for commands that first undo what they have begun. */
import { TslxcError } from '../../errors';
import type { SignalSource } from './command';
import { signalStatus } from './exit-status';
import type { Output } from '../output/output';

export const endingSignals: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Aborts the current action when the first such signal arrives. */
class EndingSignals implements Disposable {
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
 * Runs `action`, and aborts it when a signal asks this process to exit. Resolves to undefined, or if the action was aborted to the
 * exit status for the signal; then `note`, which says what was left behind, is shown.
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
