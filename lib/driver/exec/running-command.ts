/** What `Domain.exec` returns: a promise of all output of the command, and access to its streams. */
import type {
  CommandProcess,
  PipedProcess,
  TerminalProcess,
} from '../../container/exec/command-process';
import { collectOutput, type CommandOutput } from './command-output';
import type { ExecOptions } from './exec-options';
import { feedInput } from './input';

/** The options of a command, and the name of its domain. */
interface OptionsOf extends ExecOptions {
  readonly domain: string;
}

/**
 * A command that has been begun. When awaited, it resolves to all output of the command and its exit status, whatever that is;
 * `started` resolves earlier, to the process with its streams. The command runs once, however often this is awaited.
 */
export class RunningCommand<
  Process extends PipedProcess | TerminalProcess = PipedProcess,
  Content extends string | Buffer = string,
> implements Promise<CommandOutput<Content>> {
  /** Names the class, as that of every promise does. */
  readonly [Symbol.toStringTag] = 'RunningCommand';
  readonly #started: Promise<Process>;
  readonly #options: OptionsOf;
  #streams: 'unasked' | 'asked' = 'unasked';
  #output: Promise<CommandOutput<Content>> | undefined;

  /** @internal */
  constructor(started: Promise<Process>, options: OptionsOf) {
    this.#started = started;
    this.#options = options;
  }

  /**
   * Resolves when the program has been executed, to the process: its streams, its signals, its end. The caller then has to end the
   * input, and nothing is collected unless the command is also awaited. Rejects if the command can't be started.
   */
  get started(): Promise<Process> {
    this.#streams = 'asked';
    return this.#started;
  }

  /**
   * Collects the output until the command has ended. Awaiting calls it.
   *
   * @param onFulfilled - gets the output and the exit status
   * @param onRejected - gets the error: that of a failed start; OPERATION_ABORTED, OPERATION_TIMEOUT, MAX_BUFFER_EXCEEDED for more
   * output than `maxBuffer`, and OPERATION_FAILED when the container has ended before the command, or the process that attends the
   * command in the container was killed, each with the output so far in `stdout` and `stderr`
   */
  then<Fulfilled = CommandOutput<Content>, Rejected = never>(
    onFulfilled?: ((output: CommandOutput<Content>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.#collected().then(onFulfilled, onRejected);
  }

  /** As `then`, with a handler for rejection alone. */
  catch<Rejected = never>(
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<CommandOutput<Content> | Rejected> {
    return this.#collected().catch(onRejected);
  }

  /** As `then`, with one handler for both outcomes, which are passed on. */
  finally(onEnd?: (() => void) | null): Promise<CommandOutput<Content>> {
    return this.#collected().finally(onEnd);
  }

  /** Ends the command and everything that it has started, by SIGKILL, and waits for that. Does nothing if it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    const process: CommandProcess | undefined = await this.#started.catch(() => undefined);
    await process?.[Symbol.asyncDispose]();
  }

  #collected(): Promise<CommandOutput<Content>> {
    this.#output ??= this.#collect();
    return this.#output;
  }

  async #collect(): Promise<CommandOutput<Content>> {
    const process = await this.#started;
    const { stdin, encoding, maxBuffer, domain } = this.#options;
    if (stdin === undefined && this.#streams === 'unasked') feedInput(process);
    return collectOutput<Content>(process, { encoding, maxBuffer, domain });
  }
}
