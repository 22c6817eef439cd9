/** console: connects the caller's terminal to a console of the container until the escape character, or until the container ends. */
import { CommandError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { attach } from '../../terminal/attach';
import { ScreenKeeper } from '../../terminal/screen-keeper';
import { escapeByte } from '../../terminal/terminal';
import type { WindowSize } from '../../../host/native';
import type { ConsoleOptions, Domain } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { signalStatus } from '../../shell/exit-status';

export const commands: CommandTable = {
  console: {
    group: 'domain',
    summary: 'connect to the guest console',
    description:
      'Connect the terminal to the console of the container. What it wrote last is shown first,\n' +
      'without the questions of programs to the terminal, whose answers would be typed into the container.\n' +
      'The escape character (^] unless -e says otherwise) leaves; the container goes on, and the terminal\n' +
      'gets its screen, mouse, cursor, characters and title back.',
    options: [
      { ...domainOption, values: 'active-domain' },
      {
        name: 'devname',
        kind: 'string',
        help: 'character device name, such as console1',
        positional: 'undocumented',
      },
      { name: 'no-replay', kind: 'flag', help: 'show only what it writes from now on' },
      {
        name: 'resume',
        kind: 'flag',
        help: 'resume a paused container once the console is connected',
      },
      { name: 'force', kind: 'flag', help: 'accepted: any number of terminals may be connected' },
      { name: 'safe', kind: 'flag', help: 'accepted: any number of terminals may be connected' },
    ],
    example: 'tslxc console helloworld',
    async run(context: Context, options: Options): Promise<number | undefined> {
      const domain = await findDomain(await context.connect(), options.required('domain'));
      const device = options.string('devname');
      return openConsole(context, domain, {
        ...(device === undefined ? {} : { device }),
        ...(options.has('no-replay') ? { from: 'live' } : {}),
        ...(options.has('resume') ? { onConnected: () => resumePaused(domain) } : {}),
      });
    },
  },
};

async function resumePaused(domain: Domain): Promise<void> {
  if ((await domain.state()).state === 'paused') await domain.resume();
}

interface OpenOptions extends Pick<ConsoleOptions, 'device' | 'from'> {
  /** Awaited before any input or output is passed on. */
  readonly onConnected?: () => Promise<void>;
}

/** Resolves once the session is over: to 128 plus the signal's number if a signal ended it. */
export async function openConsole(
  context: Context,
  domain: Domain,
  { onConnected, ...options }: OpenOptions = {},
): Promise<number | undefined> {
  const { terminal, output, globals, signals } = context;
  if (domain.id === undefined) {
    throw new CommandError('The domain is not running', { code: 'OPERATION_INVALID' });
  }
  if (!terminal.isInteractive()) {
    throw new CommandError('Cannot run interactive console without a controlling TTY');
  }
  const size = terminal.size();
  const stream = await domain.openConsole({ size, replay: 'quiet', ...options });
  output.extra(`Connected to domain '${domain.name}'`);
  output.extra(`Escape character is ${escapeText(globals.escape)}`);
  try {
    await onConnected?.();
  } catch (error) {
    stream.destroy();
    throw error;
  }
  if (stream.dropped > 0n && options.from !== 'live') {
    output.note(`(${String(stream.dropped)} bytes of earlier output dropped)`);
  }
  const session = {
    terminal,
    stream,
    resize: (to: WindowSize) => stream.resize(to),
    escape: escapeByte(globals.escape),
    signals,
    ...(terminal.isShown() ? { keeper: new ScreenKeeper() } : {}),
  };
  const end = await attach(session);
  if (stream.skipped > 0n) {
    output.note(`(${String(stream.skipped)} bytes of output skipped: this terminal was too slow)`);
  }
  return end.how === 'signal' ? signalStatus(end.signal) : undefined;
}

/** `^] (Ctrl + ])`, or the character itself. */
function escapeText(escape: string): string {
  return escape.startsWith('^') ? `${escape} (Ctrl + ${escape.slice(1)})` : escape;
}
