/** logs: the output of a container's first console, even if the container no longer runs. */
import { TslxcError } from '../../../errors';
import { formatOption, showsDataLine, wantsData } from '../../output/data';
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { printable } from '../../../printable';
import { readMoment } from '../../options/values/moment';
import type { Connection, LogLine, LogOptions } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import type { Output } from '../../output/output';

export const commands: CommandTable = {
  logs: {
    group: 'domain',
    summary: 'show what the guest console has put out',
    description:
      'Show the lines that the first console of the container has put out, in this run and those before it, as far as\n' +
      'they are kept; by its name also when the domain is gone. Control characters are shown as \\xNN, and bytes that\n' +
      'are not UTF-8 as U+FFFD, unless --raw is given. With --format json each line is an object whose member line is\n' +
      'what was put out, to the character, and whose member time says when, if that is known. --since and --until take\n' +
      'a date and time, in local time where no zone is named, seconds since 1970, or how long ago: 90s, 10m, 1h30m, 2d.\n' +
      'A line whose time is not known is shown with both.',
    options: [
      domainOption,
      {
        name: 'follow',
        letter: 'f',
        kind: 'flag',
        help: 'go on until the container ends',
      },
      { name: 'lines', letter: 'n', kind: 'number', help: 'how many of the last lines to show' },
      {
        name: 'since',
        kind: 'string',
        help: 'only lines that were put out at this time or later',
      },
      {
        name: 'until',
        kind: 'string',
        help: 'only lines that were put out at this time or earlier; --follow ends at it',
      },
      {
        name: 'timestamps',
        letter: 't',
        kind: 'flag',
        help: 'begin each line with the time when it was put out, in UTC, or with - if that is not known',
      },
      {
        name: 'raw',
        kind: 'flag',
        help: 'show what was put out byte for byte: it may steer the terminal',
      },
      formatOption,
    ],
    example: 'tslxc logs helloworld -n 20',
    stdout: 'alone',
    run: show,
  },
};

async function show(context: Context, options: Options): Promise<number | undefined> {
  const { output, signals } = context;
  if (wantsData(options) && options.has('raw')) {
    throw new UsageError('--raw and --format json are mutually exclusive');
  }
  const text = options.required('domain');
  const chosen = choice(options);
  const log = await findLog(await context.connect(), text);
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  const follow = options.has('follow');
  const print = printer(output, options);
  if (follow) for (const name of ['SIGINT', 'SIGTERM'] as const) signals.on(name, stop);
  try {
    await withErrorMessage(`Failed to read the log of domain '${text}'`, async () => {
      await output.whileRead(async (lost) => {
        lost.addEventListener('abort', stop);
        for await (const one of log({ follow, signal: interrupt.signal, ...chosen })) {
          const { line, time } = one;
          if (!showsDataLine(output, options, { line, time })) print(one);
          if (lost.aborted) break;
        }
      });
    });
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) signals.off(name, stop);
  }
  return undefined;
}

function choice(options: Options): LogOptions {
  const lines = options.number('lines');
  const since = readMoment(options, 'since');
  const until = readMoment(options, 'until');
  return {
    ...(lines === undefined ? {} : { lines }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

type Log = (options: LogOptions) => AsyncIterable<LogLine>;

/** The log of a name may exist although the domain does not: a transient domain is gone once it has ended. */
async function findLog(connection: Connection, text: string): Promise<Log> {
  try {
    const domain = await findDomain(connection, text);
    return (options) => domain.logLines(options);
  } catch (error) {
    if (!(error instanceof CommandError) || !TslxcError.is(error.cause, 'NO_DOMAIN')) throw error;
    const isKept = await connection
      .logs(text, { lines: 0 })
      .next()
      .then(
        () => true,
        () => false,
      );
    if (!isKept) throw error;
    return (options) => connection.logLines(text, options);
  }
}

/** What prints lines as text. The log does not distinguish stdout from stderr. */
function printer(output: Output, options: Options): (line: LogLine) => void {
  const [isRaw, isTimed] = [options.has('raw'), options.has('timestamps')];
  let begins = true;
  return ({ line, bytes, time }) => {
    const prefix = isTimed && begins ? `${time?.toISOString() ?? '-'} ` : '';
    if (!isRaw) {
      output.text(`${prefix}${readable(line)}\n`);
      return;
    }
    output.bytes(prefix === '' ? bytes : Buffer.concat([Buffer.from(prefix), bytes]));
    // A line that is too long comes in pieces, only the last of which has its end.
    begins = bytes.at(-1) === 0x0a;
  };
}

/** The line in printable characters; tabs are kept, since they are harmless. */
function readable(line: string): string {
  return line.split('\t').map(printable).join('\t');
}
