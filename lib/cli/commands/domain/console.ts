/** console: the caller's terminal becomes the container's until the escape character or its end. */
import { constants } from 'node:os';
import { CommandError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { attach } from '../../terminal/attach';
import { escapeByte } from '../../terminal/terminal';
import type { WindowSize } from '../../../host/native';
import type { Domain } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  console: {
    group: 'domain',
    summary: 'connect to the guest console',
    description:
      'Connect the terminal to the console of the container. What it wrote last is shown first.\n' +
      'The escape character (^] unless -e says otherwise) leaves; the container goes on.',
    options: [
      domainOption,
      { name: 'devname', kind: 'string', help: 'character device name, such as console1' },
      { name: 'force', kind: 'flag', help: 'accepted: any number of terminals may be connected' },
      { name: 'safe', kind: 'flag', help: 'accepted: any number of terminals may be connected' },
    ],
    example: 'tslxc console helloworld',
    async run(context: Context, options: Options): Promise<number | undefined> {
      const domain = await findDomain(await context.connect(), options.required('domain'));
      return openConsole(context, domain, options.string('devname'));
    },
  },
};

/** Resolves once the session is over; to 128 and the signal when one ended it. */
export async function openConsole(
  context: Context,
  domain: Domain,
  device?: string,
): Promise<number | undefined> {
  const { terminal, output, globals, signals } = context;
  if (domain.id === undefined) {
    throw new CommandError('The domain is not running', { code: 'OPERATION_INVALID' });
  }
  if (!terminal.isInteractive()) {
    throw new CommandError('Cannot run interactive console without a controlling TTY');
  }
  const size = terminal.size();
  const stream = await domain.openConsole(device === undefined ? { size } : { size, device });
  output.extra(`Connected to domain '${domain.name}'`);
  output.extra(`Escape character is ${escapeText(globals.escape)}`);
  if (stream.dropped > 0n) {
    output.note(`(${String(stream.dropped)} bytes of earlier output dropped)`);
  }
  const session = {
    terminal,
    stream,
    resize: (to: WindowSize) => stream.resize(to),
    escape: escapeByte(globals.escape),
    signals,
  };
  const end = await attach(session);
  if (stream.skipped > 0n) {
    output.note(`(${String(stream.skipped)} bytes of output skipped: this terminal was too slow)`);
  }
  return end.how === 'signal' ? 128 + constants.signals[end.signal] : undefined;
}

/** `^] (Ctrl + ])`, or the character itself. */
function escapeText(escape: string): string {
  return escape.startsWith('^') ? `${escape} (Ctrl + ${escape.slice(1)})` : escape;
}
