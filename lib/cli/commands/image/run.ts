/** run: runs a container from an image until its program exits. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { unrunStatus } from '../../shell/exit-status';
import { warningOf } from '../../output/definition-warnings';
import { imageDomainOptions, readImageDomain } from '../../options/image-domain';
import { abandonable } from '../../terminal/abandonable';
import { runInForeground } from '../../terminal/foreground';
import { attach } from '../../terminal/attach';
import { LineEnds } from '../../output/line-ends';
import type { Output } from '../../output/output';
import { OutputCopy } from '../../terminal/output-copy';
import { TslxcError } from '../../../errors';
import { native, type WindowSize } from '../../../host/native';
import { fileError } from '../../../host/state/file-error';
import type { Connection, Domain, ImageDomain } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  run: {
    group: 'image',
    summary: 'run a program in a new container from an image',
    description:
      'Start a container from an image that was pulled, show what it writes, and end as its program does.\n' +
      'The words after the image take the place of the image’s own. With a terminal, what is typed goes to\n' +
      'the container; else its input is empty. SIGTERM and SIGINT ask it to end, a second one kills it;\n' +
      'when this command is killed, so is the container. A virtual network that is started for it is named\n' +
      'on stderr, unless -q is given. With -d the container goes on by itself, and the name of its\n' +
      'domain is shown. The domain is transient: it is gone with its container, and so is what that has\n' +
      'written, unless --upper names a place. The exit status is that of the program, or 128 and the signal\n' +
      'that ended it; 127 where there is no such program, 126 where it cannot be executed, 125 when this\n' +
      'command itself fails.',
    options: [
      {
        name: 'image',
        kind: 'string',
        help: 'name of the image',
        positional: 'required',
        values: 'image',
      },
      { name: 'detach', kind: 'flag', letter: 'd', help: 'leave the container alone once it runs' },
      ...imageDomainOptions,
      { name: 'command', kind: 'words', help: 'program and its arguments', positional: 'optional' },
    ],
    example: 'tslxc run -p 8080:80 nginx',
    stdout: 'alone',
    failureStatus: unrunStatus,
    run,
  },
};

async function run(context: Context, options: Options): Promise<number | undefined> {
  const image = options.required('image');
  const domain = readImageDomain(options, {
    cmd: options.strings('command'),
    environment: context.environment,
  });
  const connection = await context.connect();
  const failed = `Failed to run image '${image}'`;
  if (options.has('print-xml')) {
    const xml = await withErrorMessage(failed, () => connection.images.domainXml(image, domain));
    context.output.text(xml);
    return undefined;
  }
  const asked = { context, connection, image, domain };
  if (options.has('detach')) {
    await leave(asked, failed);
    return undefined;
  }
  connection.ref();
  const status = await new Run(asked).end(failed);
  await connection.images.collect();
  return status;
}

interface Asked {
  readonly context: Context;
  readonly connection: Connection;
  readonly image: string;
  readonly domain: ImageDomain;
}

/** Notes the networks that are started for the container without having been named by the user; not shown with `-q`. */
function networkNote(output: Output): (network: string) => void {
  return (network) => {
    if (output.verbosity === 'normal') output.note(`Network '${network}' started`);
  };
}

/** Starts the container and leaves it running. Only its name is printed, for use in further commands. */
async function leave({ context, connection, image, domain }: Asked, failed: string): Promise<void> {
  const onWarning = warningOf(context.output);
  const { result } = await abandonable(context.signals, (signal) =>
    withErrorMessage(failed, () =>
      connection.createFromImage(image, domain, {
        ownership: 'leave',
        onWarning,
        onNetworkStarted: networkNote(context.output),
        signal,
      }),
    ),
  );
  context.output.line(result.name);
}

/** A run: the container, and its console as a socket, so that no output is lost even if it ends at once. */
class Run {
  readonly #asked: Asked;
  #domain: Domain | undefined;
  #shown: Promise<void> = Promise.resolve();

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  /** Resolves to the exit status. */
  async end(failed: string): Promise<number> {
    const { context } = this.#asked;
    const status = await runInForeground({
      context,
      domain: {
        sendSignal: (number) => this.#running.sendSignal(number),
        shutdown: (options) => this.#running.shutdown(options),
        destroy: () => this.#running.destroy(),
        wait: () => this.#running.wait(),
        state: () => this.#running.state(),
      },
      start: (signal) => withErrorMessage(failed, () => this.#start(signal)),
      notify: (socket, text) => native().sendDatagram(socket, text),
    });
    await this.#shown;
    return status;
  }

  get #running(): Domain {
    if (this.#domain !== undefined) return this.#domain;
    throw new CommandError('the container is not there', { code: 'INTERNAL_ERROR' });
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { connection, image, domain, context } = this.#asked;
    const [own, theirs] = native().makePair('socket');
    const stream = new Socket({ fd: own });
    try {
      this.#domain = await connection.createFromImage(image, domain, {
        autodestroy: true,
        consoleDescriptor: theirs,
        onWarning: warningOf(context.output),
        onNetworkStarted: networkNote(context.output),
        signal,
      });
    } catch (error) {
      stream.destroy();
      throw error;
    } finally {
      native().closeDescriptor(theirs);
    }
    this.#shown = this.#show(stream);
    // It is awaited once the container has ended.
    this.#shown.catch(() => undefined);
  }

  /**
   * Sends only an end of input to the console, since it would echo any other input. The socket is not used for that: if the
   * container ended without reading it, output that is still in the socket would be lost.
   */
  async #endInput(): Promise<void> {
    try {
      const session = await this.#running.openConsole({ from: 'live' });
      session.on('error', () => undefined).resume();
      session.write(endOfInput, () => session.destroy());
    } catch (error) {
      const isOver = (['OPERATION_INVALID', 'NO_DOMAIN'] as const).some((code) =>
        TslxcError.is(error, code),
      );
      if (!isOver) throw error;
    }
  }

  /** Until the container has closed its end. */
  async #show(stream: Socket): Promise<void> {
    const { terminal, signals } = this.#asked.context;
    if (terminal.isShown()) {
      // The socket can't set the size of the terminal: a further console session does, of which there may be any number.
      const sized = await this.#running
        .openConsole({ size: terminal.size() })
        .catch(() => undefined);
      sized?.resume();
      const resize = (to: WindowSize): void => sized?.resize(to);
      // Input that is typed just after the container has ended is lost.
      await attach({ terminal, stream, resize, signals }).catch(unlessCut);
      sized?.destroy();
      return;
    }
    const lines = new LineEnds();
    // The reader is gone, as in `… | head -1`: nothing would read further output.
    const copy = new OutputCopy(lines, terminal.output(), () => {
      this.#running.destroy().catch(() => undefined);
    });
    const ended = once(lines, 'close');
    await Promise.all([this.#endInput(), pass(stream, lines)]);
    await ended;
    await copy.untilSilent();
    if (copy.failure === undefined) return;
    const cause = fileError(copy.failure, 'write to a standard stream');
    throw new CommandError("failed to write all of the program's output", { cause });
  }
}

function unlessCut(error: unknown): void {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EPIPE', 'ECONNRESET'].includes(code)) throw error;
}

async function pass(stream: Socket, lines: LineEnds): Promise<void> {
  stream.pipe(lines, { end: false });
  try {
    await once(stream, 'close');
  } finally {
    lines.end();
  }
}

/** The character that a terminal takes for the end of its input, ^D. */
const endOfInput = '\x04';
