/**
 * A start that a signal abandons. Without this, SIGINT would end this process in the middle of the start, and what the start has
 * set up by then would remain until another call looks at the domain.
 */
import { CommandError } from '../shell/command-error';
import type { SignalSource } from '../shell/command';
import { signalStatus } from '../shell/exit-status';

/** SIGQUIT still ends this process at once. */
const abandoning: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Waits for `start`, which gives up when its signal fires. Resolves to its result, and to the signal that came too late to
 * abandon it, if any: the container then runs.
 *
 * @throws the error of `start`; a CommandError after a signal gets the exit status of a command that was ended by the signal.
 */
export async function abandonable<T>(
  source: SignalSource,
  start: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T; readonly late: NodeJS.Signals | undefined }> {
  const abort = new AbortController();
  const seen: NodeJS.Signals[] = [];
  const onSignal = (signal: NodeJS.Signals): void => {
    seen.push(signal);
    abort.abort();
  };
  for (const signal of abandoning) source.on(signal, onSignal);
  try {
    const result = await start(abort.signal);
    return { result, late: seen[0] };
  } catch (error) {
    const [by] = seen;
    if (by === undefined || !(error instanceof CommandError)) throw error;
    const { message, cause, code } = error;
    throw new CommandError(message, { cause, code, status: signalStatus(by) });
  } finally {
    for (const signal of abandoning) source.off(signal, onSignal);
  }
}
