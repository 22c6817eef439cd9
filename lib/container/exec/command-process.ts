/** A command that runs in a container: how it ends, and what can be done to it until then. */
import { constants } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { LastByte, OutputStream } from './output-stream';
import { askedSignal } from '../../domain/elements/extension/stop-signal';
import { TslxcError } from '../../errors';
import type { WindowSize } from '../../host/native';
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { either, number, optional, text } from '../../shape/shape';
import { windowSize } from '../console/window-size';
import type { Channel } from '../monitor/channel';
import type { CommandPipes, CommandTerminal } from './command-streams';
import type { MessageNamed } from '../monitor/messages';

/** How a command ended. */
export interface CommandResult {
  /** 0 to 255; if a signal ended it, 128 plus the number of the signal, as in a shell, and never 0. */
  readonly code: number;
  /** Name of the signal that ended it, `SIG34` and the like for one without a name; absent if none did. */
  readonly signal?: string;
}

/** What a shell adds to the number of the signal that ended a command. */
const signalBase = 128;

/** What the methods of a command take. */
export const commandCalls = {
  kill: [['signal', optional(either(number, text))]],
} as const;

/** What those of a command on a terminal take besides. */
export const terminalCommandCalls = { resize: [['size', windowSize]] } as const;

/** The container that a command runs in. */
export interface ContainerOfCommand {
  /** The name of the domain. */
  readonly domain: string;
  /** Whether it is its end that has ended a command of which nothing more is heard. */
  readonly isOver: () => Promise<boolean>;
}

/** What a command writes to, and what follows its last byte there. */
interface Output {
  readonly streams: readonly OutputStream[];
  readonly last: LastByte;
}

/** A command that runs in a container, made by `Domain.exec`. */
export class CommandProcess {
  readonly #ended: Promise<CommandResult>;
  readonly #channel: Channel;
  readonly #streams: readonly OutputStream[];
  #isOver = false;
  #ending: TslxcError | undefined;

  /** @internal */
  constructor(channel: Channel, container: ContainerOfCommand, { streams, last }: Output) {
    this.#channel = channel;
    this.#streams = streams;
    this.#ended = channel.held(() => this.#follow(container));
    const takeRest = (until: LastByte): void => {
      for (const stream of streams) stream.takeRest(until);
    };
    // Once an attendant has been killed, nothing ends a terminal.
    this.#ended.then(
      () => takeRest(last),
      () => takeRest('before-silence'),
    );
  }

  /** @internal Settles as `result`, as soon as the command has ended, whatever is still to be read. */
  get ended(): Promise<CommandResult> {
    return this.#ended;
  }

  /**
   * How the command itself ended. Settles when, besides, all that it has written has been read from each stream that the caller has
   * begun to read. A stream that is destroyed is not waited for, and after `destroy` or an abort none is. Processes that the command
   * has left behind may go on, and may still write to its streams: that is not waited for either.
   *
   * Rejects with OPERATION_ABORTED and OPERATION_TIMEOUT when `signal` or `timeout` have ended it, once every process
   * that it had started is dead. A process that survives SIGKILL for two seconds, such as one in a paused container on
   * cgroup v1, or one that waits in the kernel, is not waited for: it ends as soon as it can. Rejects with
   * OPERATION_FAILED when the container has ended before the command, as by `Domain.destroy`, or the process that attends the
   * command was killed; the message says which.
   */
  get result(): Promise<CommandResult> {
    const result = this.#settle();
    // A caller that only reads the streams need not handle its rejection.
    result.catch(() => undefined);
    return result;
  }

  /**
   * Sends a signal to the command, and to no other process; does nothing when it has ended. It is sent with the rights of the
   * user that the command was started as: a command that has become another user by a set-uid program does not get it.
   *
   * @param signal - a name, as `Domain.sendSignal` takes it, or a number; default SIGTERM
   * @throws TslxcError INVALID_ARG when there is no such signal.
   */
  kill(signal: number | string = 'SIGTERM'): void {
    const sent = askedSignal(signal, 1);
    if (!this.#isOver) this.#channel.send({ message: 'signal', number: sent });
  }

  /**
   * Kills the command and every process that it has started, with SIGKILL. `result` then waits no longer for what the caller has
   * not read. A process that is frozen (in a paused container on cgroup v1) or stuck in the kernel can't die yet: then `result`
   * settles after two seconds, and the process dies later. If the command has ended already, nothing is killed.
   */
  destroy(): void {
    for (const stream of this.#streams) stream.giveUp();
    if (!this.#isOver) this.#channel.send({ message: 'destroy' });
  }

  /** As `destroy`, and waits until `result` has settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.result.catch(() => undefined);
  }

  /** @internal As `destroy`, with the reason that `result` rejects with, unless the command has ended already. */
  endBecauseOf(reason: TslxcError): void {
    if (!this.#isOver) this.#ending ??= reason;
    this.destroy();
  }

  /** @internal */
  protected get channel(): Channel {
    return this.#channel;
  }

  async #settle(): Promise<CommandResult> {
    try {
      return await this.ended;
    } finally {
      await Promise.all(this.#streams.map((stream) => stream.untilRead()));
    }
  }

  async #follow({ domain, isOver }: ContainerOfCommand): Promise<CommandResult> {
    let message = await this.#channel.receive();
    // Stage 0 may send this at any time.
    while (message?.message === 'spawned') message = await this.#channel.receive();
    this.#isOver = true;
    this.#channel.send({ message: 'acknowledge' });
    if (this.#ending !== undefined) throw this.#ending;
    if (message?.message === 'exited') return resultOf(message);
    const detail = (await isOver())
      ? `a command in domain '${domain}' was ended with its container, which was destroyed or has ended`
      : `the process that supervises a command in domain '${domain}' was killed`;
    throw new TslxcError('OPERATION_FAILED', detail, {
      domain,
      step: 'wait for the end of a command',
    });
  }
}

/**
 * A command with three pipes. Each stream ends when no process in the container has its other end open any more. The command
 * blocks while the caller does not read its output. All that it has written can be read, also after it has ended; of a stream that
 * the caller has not begun to read by then, what processes write that the command has left behind is discarded.
 */
export class PipedProcess extends CommandProcess {
  /** The input of the command. */
  readonly stdin: Writable;
  /** What the command writes to its standard output. */
  readonly stdout: Readable;
  /** What the command writes to its standard error. */
  readonly stderr: Readable;

  /** @internal */
  constructor(
    channel: Channel,
    container: ContainerOfCommand,
    { stdin, stdout, stderr }: CommandPipes,
  ) {
    super(channel, container, { streams: [stdout, stderr], last: 'before-silence' });
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    const over = (): void => void stdin.destroy();
    this.ended.then(over, over);
  }
}

/** A command on a terminal of its own. */
export class TerminalProcess extends CommandProcess {
  /** Output and input of the terminal. It ends with the command, after its last byte; destroying it hangs the terminal up. */
  readonly terminal: Duplex;

  /** @internal */
  constructor(channel: Channel, container: ContainerOfCommand, { stream }: CommandTerminal) {
    super(channel, container, { streams: [stream], last: 'before-end' });
    this.terminal = stream;
  }

  /**
   * Sets the size of the terminal: TIOCSWINSZ, and SIGWINCH for its foreground process group.
   *
   * @throws TslxcError INVALID_ARG for what is no size.
   */
  resize(size: WindowSize): void {
    const { rows, columns } = size;
    this.channel.send({ message: 'resize', rows, columns });
  }
}

type OfTheLibrary = 'endBecauseOf';

checkCalls('CommandProcess', CommandProcess.prototype, {
  ...(commandCalls satisfies CallsOf<CommandProcess, OfTheLibrary>),
  endBecauseOf: 'by itself',
});
checkCalls('TerminalProcess', TerminalProcess.prototype, {
  ...(terminalCommandCalls satisfies CallsOf<
    TerminalProcess,
    OfTheLibrary | keyof typeof commandCalls
  >),
});

function resultOf({ how, status }: MessageNamed<'exited'>): CommandResult {
  if (how === 0) return { code: status };
  const name = Object.entries(constants.signals).find(([, number]) => number === status)?.[0];
  return { code: signalBase + status, signal: name ?? `SIG${status}` };
}
