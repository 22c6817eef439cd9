/** What `event` and `net-event` have in common: how long they wait, and how they say when. */
import { UsageError } from '../shell/command-error';
import type { Options } from '../shell/arguments';
import type { Context } from '../shell/command';

const endWords = {
  interrupted: 'event loop interrupted',
  'timed out': 'event loop timed out',
} as const;

type End = keyof typeof endWords;

/** Seconds of `--timeout`. @throws UsageError. */
export function timeoutOf(options: Options): number | undefined {
  const seconds = options.number('timeout');
  // Node's timers end at 2^31 milliseconds.
  if (seconds === undefined || (seconds > 0 && seconds <= 2_147_483)) return seconds;
  throw new UsageError(
    `Numeric value '${String(seconds)}' for <timeout> option is malformed or out of range`,
  );
}

/** Runs `action` until it is done, SIGINT comes or the time is over; says which of the two it was. */
export async function untilEnd<T>(
  { output, signals }: Context,
  seconds: number | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let end: End | undefined;
  const stop = (how: End): void => {
    end ??= how;
    abort.abort();
  };
  const interrupt = (): void => stop('interrupted');
  signals.on('SIGINT', interrupt);
  const timer =
    seconds === undefined ? undefined : setTimeout(() => stop('timed out'), seconds * 1000);
  try {
    const result = await action(abort.signal);
    if (end !== undefined) output.line(endWords[end]);
    return result;
  } finally {
    clearTimeout(timer);
    signals.off('SIGINT', interrupt);
  }
}

/** `2026-03-01 17:04:59.007+0000`, as virsh has its timestamps. */
export function universalTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '+0000');
}
