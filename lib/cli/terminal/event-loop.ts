/** The common part of `event` and `net-event`: waits for events, and shows the first or all of them. */
import { formatOption, showsData, showsDataLine, wantsData } from '../output/data';
import { CommandError, UsageError } from '../shell/command-error';
import type { Connection } from '../../index';
import type { Option, Options } from '../shell/arguments';
import type { Context } from '../shell/command';

export const eventOption: Option = {
  name: 'event',
  kind: 'string',
  help: 'which event type to wait for',
  positional: 'undocumented',
};

export const loopOptions: readonly Option[] = [
  { name: 'loop', kind: 'flag', help: 'loop until timeout or interrupt, rather than one-shot' },
  { name: 'timeout', kind: 'number', help: 'timeout seconds', positional: 'undocumented' },
  { name: 'list', kind: 'flag', help: 'list valid event types' },
  { name: 'timestamp', kind: 'flag', help: 'show timestamp for each printed event' },
  formatOption,
];

/** The events that a command waits for. */
export interface Watched<Event> {
  readonly events: (signal: AbortSignal) => AsyncIterable<Event>;
  readonly isAsked: (event: Event) => boolean;
  readonly lineOf: (event: Event) => string;
}

/** Shows the types of events. */
export function showTypes({ output }: Context, options: Options, types: readonly string[]): void {
  if (showsData(output, options, types)) return;
  for (const type of types) output.line(type);
}

/**
 * Shows events from the source that `open` returns: the first one, or with `--loop` all until SIGINT or the timeout. Resolves to the
 * exit status if there was none. As data, each event is one line, and nothing else is printed.
 */
export async function showEvents<Event extends { readonly time: number }>(
  context: Context,
  options: Options,
  open: (connection: Connection) => Promise<Watched<Event>>,
): Promise<number | undefined> {
  const seconds = timeoutOf(options);
  const connection = await context.connect();
  const { events, isAsked, lineOf } = await open(connection);
  const { output } = context;
  let shown = 0;
  const end = await untilEnd(context, seconds, async (signal) => {
    for await (const event of events(signal)) {
      if (!isAsked(event)) continue;
      if (!showsDataLine(output, options, event)) {
        const line = lineOf(event);
        output.line(options.has('timestamp') ? `${universalTime(event.time)}: ${line}` : line);
      }
      shown += 1;
      if (!options.has('loop')) break;
    }
  });
  if (!wantsData(options)) {
    if (end !== undefined) output.line(endWords[end]);
    output.line(`events received: ${String(shown)}`);
  }
  return shown > 0 ? undefined : 1;
}

/** The type that `--event` names; undefined without the option. @throws CommandError if there is no such type. */
export function typeNamed<Type extends string>(
  options: Options,
  types: readonly Type[],
): Type | undefined {
  const name = options.string('event');
  if (name === undefined) return undefined;
  const type = types.find((known) => known === name);
  if (type === undefined) throw new CommandError(`unknown event type ${name}`);
  return type;
}

/** The seconds of `--timeout`; undefined without it. @throws UsageError. */
export function timeoutOf(options: Options): number | undefined {
  const seconds = options.seconds('timeout');
  if (seconds !== 0) return seconds;
  throw new UsageError(
    `Numeric value '${String(seconds)}' for <timeout> option is malformed or out of range`,
  );
}

const endWords = {
  interrupted: 'event loop interrupted',
  'timed out': 'event loop timed out',
} as const;

type End = keyof typeof endWords;

/**
 * Runs `action` until it is done, SIGINT arrives, the time is over, or nobody reads the output any more; resolves to `interrupted` or
 * `timed out` if that is why it ended.
 */
async function untilEnd(
  { signals, output }: Context,
  seconds: number | undefined,
  action: (signal: AbortSignal) => Promise<void>,
): Promise<End | undefined> {
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
    await output.whileRead(async (lost) => {
      lost.addEventListener('abort', () => abort.abort());
      if (!lost.aborted) await action(abort.signal);
    });
    return end;
  } finally {
    clearTimeout(timer);
    signals.off('SIGINT', interrupt);
  }
}

/** `2026-03-01 17:04:59.007+0000`, as in virsh's timestamps. */
function universalTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '+0000');
}
