/** run: runs a container from an image until its program exits. */
import { Socket } from 'node:net';
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { unrunStatus } from '../../shell/exit-status';
import { warningOf } from '../../output/definition-warnings';
import { imageDomainOptions, readImageDomain } from '../../options/image/image-domain';
import { inTypedWords } from '../../options/image/option-failure';
import { abandonable } from '../../terminal/abandonable';
import { runInForeground } from '../../terminal/foreground';
import { attach } from '../../terminal/attach';
import { escapeByte } from '../../terminal/terminal';
import { ContainerStreams } from '../../output/container-streams';
import type { Output } from '../../output/output';
import { native, type WindowSize } from '../../../host/native';
import type { Connection, CreateOptions, Domain, ImageDomain } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  run: {
    group: 'image',
    summary: 'run a program in a new container from an image',
    description:
      'Start a container from an image that was pulled, show what it writes, and end as its program does. The words\n' +
      'after the image take the place of the image’s own. With a terminal, its console is shown there; else its\n' +
      'input is what is piped in, if that is no terminal, and its output and errors go where those of this command\n' +
      'go, and not to its log: in a loop that reads stdin, give it </dev/null, as ssh. SIGTERM, SIGINT and SIGHUP ask\n' +
      'it to end, a second one kills it; when this command is killed, so is the container. On a terminal the escape\n' +
      'character (^] unless -e before the verb says otherwise) gives the terminal back and asks it to end, too: ^C is\n' +
      'typed into the container, and a program that is its init may ignore it. The network default, and those\n' +
      'with autostart, are started for it if they have not been since the host booted, and named on stderr, unless\n' +
      '-q is given; others have to be active: net-start starts them. With -d the container goes on by itself, and\n' +
      'the name of its domain is shown. The domain is transient: it is gone with its container, and so is what that\n' +
      'has written, unless --upper names a place. The exit status is that of the program, or 128 and the signal\n' +
      'that ended it, however it came to end; 127 where there is no such program, 126 where it cannot be executed,\n' +
      '125 when this command itself fails, and 128 and the signal by which it is told to end before the program\n' +
      'runs.',
    options: [
      {
        name: 'image',
        kind: 'string',
        help: 'name of the image',
        positional: 'required',
        endsOptions: true,
        values: 'image',
      },
      { name: 'detach', kind: 'flag', letter: 'd', help: 'leave the container alone once it runs' },
      {
        name: 'interactive',
        kind: 'flag',
        letter: 'i',
        help: 'accepted: its input is always passed on, unless -d is given',
      },
      {
        name: 'tty',
        kind: 'flag',
        letter: 't',
        help: 'accepted: on a terminal its console is always shown there',
      },
      { name: 'rm', kind: 'flag', help: 'accepted: the container always goes when it ends' },
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
  checkRestart(options, domain);
  const connection = await context.connect();
  const failed = `Failed to run image '${image}'`;
  if (options.has('print-xml')) {
    const xml = await withErrorMessage(failed, () => connection.images.domainXml(image, domain));
    context.output.text(xml);
    return undefined;
  }
  const asked = { context, options, connection, image, domain };
  if (options.has('detach')) {
    await leave(asked, failed);
    return undefined;
  }
  connection.ref();
  const status = await new Run(asked).end(failed);
  await connection.images.collect();
  return status;
}

/** @throws UsageError for a container that is restarted while this command waits for its end, whose streams the next one has not. */
function checkRestart(options: Options, { restart }: ImageDomain): void {
  if (restart === undefined) return;
  options.exclusive('restart', 'rm');
  if (options.has('detach') || options.has('print-xml')) return;
  throw new UsageError('option --restart needs --detach: this command ends as the program does');
}

interface Asked {
  readonly context: Context;
  readonly options: Options;
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
async function leave(asked: Asked, failed: string): Promise<void> {
  const { context, connection, image, domain } = asked;
  const onWarning = warningOf(context.output);
  const { result } = await abandonable(context.signals, (signal) =>
    withErrorMessage(failed, () =>
      inTypedWords(asked, () =>
        connection.createFromImage(image, domain, {
          ownership: 'leave',
          onWarning,
          onNetworkStarted: networkNote(context.output),
          signal,
        }),
      ),
    ),
  );
  context.output.line(result.name);
}

/** A run: the container, and how this process is joined to it. */
class Run {
  readonly #asked: Asked;
  #domain: Domain | undefined;
  #shown: Promise<void> = Promise.resolve();
  readonly #left = new AbortController();

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  /** Resolves to the exit status. */
  async end(failed: string): Promise<number> {
    const { context } = this.#asked;
    const start = context.terminal.isShown() ? this.#startShown : this.#startPiped;
    const status = await runInForeground({
      context,
      domain: {
        sendSignal: (number) => this.#running.sendSignal(number),
        shutdown: (options) => this.#running.shutdown(options),
        destroy: () => this.#running.destroy(),
        wait: () => this.#running.wait(),
        state: () => this.#running.state(),
      },
      runsAs: 'program',
      left: this.#left.signal,
      start: (signal) => withErrorMessage(failed, () => start.call(this, signal)),
      notify: (socket, text) => native().sendDatagram(socket, text),
    });
    await this.#shown;
    return status;
  }

  get #running(): Domain {
    if (this.#domain !== undefined) return this.#domain;
    throw new CommandError('the container is not there', { code: 'INTERNAL_ERROR' });
  }

  /** With its console as a socket, so that no output is lost even if it ends at once. */
  async #startShown(signal: AbortSignal): Promise<void> {
    const [own, theirs] = native().makePair('socket');
    const stream = new Socket({ fd: own });
    try {
      await this.#create({ consoleDescriptor: theirs, signal });
    } catch (error) {
      stream.destroy();
      throw error;
    } finally {
      native().closeDescriptor(theirs);
    }
    this.#show(this.#attach(stream));
  }

  /** With pipes as its standard streams, which nothing changes on the way. */
  async #startPiped(signal: AbortSignal): Promise<void> {
    const streams = new ContainerStreams();
    try {
      await this.#create({ standardStreams: streams.descriptors, signal });
    } catch (error) {
      streams.destroy();
      throw error;
    } finally {
      streams.closeDescriptors();
    }
    const { terminal } = this.#asked.context;
    // The reader is gone, as in `… | head -1`: nothing would read further output.
    this.#show(
      streams.join(terminal, () => {
        this.#running.destroy().catch(() => undefined);
      }),
    );
  }

  async #create(
    how: Pick<CreateOptions, 'consoleDescriptor' | 'standardStreams' | 'signal'>,
  ): Promise<void> {
    const { connection, image, domain, context } = this.#asked;
    this.#domain = await inTypedWords(this.#asked, () =>
      connection.createFromImage(image, domain, {
        autodestroy: true,
        ...how,
        onWarning: warningOf(context.output),
        onNetworkStarted: networkNote(context.output),
      }),
    );
  }

  /** It is awaited once the container has ended. */
  #show(shown: Promise<void>): void {
    this.#shown = shown;
    shown.catch(() => undefined);
  }

  /** Until the container has closed its end, or the user leaves, which is to end the program. */
  async #attach(stream: Socket): Promise<void> {
    const { terminal, signals, globals, output } = this.#asked.context;
    // The socket can't set the size of the terminal: a further console session does, of which there may be any number.
    const sized = await this.#running.openConsole({ size: terminal.size() }).catch(() => undefined);
    sized?.resume();
    const resize = (to: WindowSize): void => sized?.resize(to);
    // Input that is typed just after the container has ended is lost.
    const escape = escapeByte(globals.escape);
    const end = await attach({ terminal, stream, resize, signals, escape }).catch(unlessCut);
    sized?.destroy();
    if (end?.how !== 'escape') return;
    output.note('The program is asked to end; Ctrl + C kills it');
    this.#left.abort();
  }
}

function unlessCut(error: unknown): undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EPIPE', 'ECONNRESET'].includes(code)) throw error;
}
