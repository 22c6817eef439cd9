/**
 * Runs commands one after the other on one connection, which is opened when a command first needs it, and shows their
 * errors.
 */
import { parseArguments } from './arguments';
import { CommandError, UsageError, endsWithBlank, errorLines } from './command-error';
import { chooseUri } from './globals';
import { meantVerb } from './foreign/verbs';
import { commandsWith, refusedVerbs, verbNames } from './verbs';
import type { Logger } from '../../host/logger';
import type { ConnectOptions, Connection } from '../../index';
import type * as Help from '../commands/host/help';
import type { Output } from '../output/output';
import type { Terminal } from '../terminal/terminal';
import type { Command, ConnectTarget, Context, Shell, SignalSource } from './command';
import type { GlobalOptions } from './globals';

/** Everything outside of the runner that commands and their connection can use. */
export interface RunnerSurroundings {
  readonly environment: Record<string, string | undefined>;
  readonly terminal: Terminal;
  readonly signals: SignalSource;
  connect(uri: string, options: ConnectOptions): Promise<Connection>;
}

export interface RunnerParts {
  readonly globals: GlobalOptions;
  readonly output: Output;
  readonly surroundings: RunnerSurroundings;
  readonly log: Logger | undefined;
}

/** A command whose arguments have been parsed. */
interface Ready {
  readonly command: Pick<Command, 'visibility' | 'stdout' | 'failureStatus'>;
  readonly action: () => Promise<number | undefined>;
}

export class CommandRunner {
  #globals: GlobalOptions;
  readonly #output: Output;
  readonly #surroundings: RunnerSurroundings;
  readonly #log: Logger | undefined;
  readonly #shell: Shell;
  #connection: Promise<Connection> | undefined;
  #hasLeft = false;

  constructor({ globals, output, surroundings, log }: RunnerParts) {
    this.#globals = globals;
    this.#output = output;
    this.#surroundings = surroundings;
    this.#log = log;
    this.#shell = {
      reconnect: (target) => this.#reconnect(target),
      leave: () => void (this.#hasLeft = true),
    };
  }

  /** Whether `exit` or `quit` was run. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  get access(): GlobalOptions['access'] {
    return this.#globals.access;
  }

  /**
   * Runs all commands in turn, even if one fails, and resolves to the exit status of the last. As in virsh, none is run if the
   * arguments of one are wrong. Never rejects.
   */
  async run(commands: readonly (readonly string[])[]): Promise<number> {
    const ready: Ready[] = [];
    for (const [verb = '', ...words] of commands) {
      try {
        ready.push(this.#prepare(verb, words));
      } catch (error) {
        return this.fail(error, verb);
      }
    }
    let status = 0;
    for (const one of ready) {
      status = await this.#perform(one);
      if (this.#hasLeft) break;
    }
    return status;
  }

  /** The connection of the commands, opened at the first call. */
  connect(): Promise<Connection> {
    return this.#context().connect();
  }

  /** Shows the error, and returns its exit status: that of the verb whose command line it refuses. */
  fail(error: unknown, verb = ''): number {
    return this.#fail(error, commandsWith(verb)?.[verb] ?? {});
  }

  /** Closes the connection, if one is open. Never rejects. */
  async close(): Promise<void> {
    const opened = this.#connection;
    this.#connection = undefined;
    if (opened === undefined) return;
    try {
      await (await opened).close();
    } catch {
      // Either opening it failed, which has been shown, or it is closed when this process exits.
    }
  }

  #prepare(verb: string, words: readonly string[]): Ready {
    const command = commandsWith(verb)?.[verb];
    if (command === undefined) {
      const shown = verbNames.filter((name) => !refusedVerbs.includes(name));
      throw new UsageError(`unknown command: '${verb}'${meantVerb(verb, shown)}`);
    }
    const { options, wants } = parseArguments(verb, command, words);
    if (wants === 'help') return { command: {}, action: () => this.#help(verb) };
    return { command, action: async () => command.run(this.#context(), options) };
  }

  #fail(error: unknown, { failureStatus }: Pick<Command, 'failureStatus'>): number {
    for (const text of errorLines(error)) this.#output.error(text);
    this.#log?.error({ err: error }, 'command failed');
    const own = error instanceof CommandError ? error.status : undefined;
    return own ?? failureStatus?.(error) ?? 1;
  }

  async #perform({ command, action }: Ready): Promise<number> {
    const began = performance.now();
    try {
      const status = await action();
      if (!this.#hasLeft) this.#end(command, began);
      return status ?? 0;
    } catch (error) {
      const status = this.#fail(error, command);
      if (endsWithBlank(error)) this.#end(command, began);
      return status;
    }
  }

  /** As in virsh, prints an empty line, or the time taken, after every command that has begun, whether or not it succeeded. */
  #end({ visibility, stdout }: Ready['command'], began: number): void {
    if (this.#globals.timing === 'shown') {
      const time = `(Time: ${(performance.now() - began).toFixed(3)} ms)`;
      if (stdout === 'alone') this.#output.note(time);
      else this.#output.text(`\n${time}\n\n`);
    } else if (visibility !== 'hidden' && stdout !== 'alone') this.#output.extra('');
  }

  #context(): Context {
    const { environment, terminal, signals } = this.#surroundings;
    return {
      output: this.#output,
      globals: this.#globals,
      environment,
      terminal,
      signals,
      shell: this.#shell,
      connect: (logger) => (this.#connection ??= this.#connect(this.#log ?? logger)),
    };
  }

  async #connect(logger: Logger | undefined): Promise<Connection> {
    const { uri, note } = chooseUri(this.#globals, this.#surroundings.environment);
    if (note !== undefined && this.#globals.verbosity === 'normal') this.#output.note(note);
    const { access, root } = this.#globals;
    try {
      return await this.#surroundings.connect(uri, {
        access,
        ...(root === undefined ? {} : { root }),
        ...(logger === undefined ? {} : { logger }),
      });
    } catch (cause) {
      // A later command of the shell may succeed, for example after `connect`.
      this.#connection = undefined;
      throw new CommandError('failed to connect to the hypervisor', { cause, code: 'NO_CONNECT' });
    }
  }

  async #reconnect({ uri, access }: ConnectTarget): Promise<void> {
    await this.close();
    const { uri: _former, ...rest } = this.#globals;
    this.#globals = { ...rest, access, ...(uri === undefined ? {} : { uri }) };
    await this.connect();
  }

  async #help(verb: string): Promise<undefined> {
    // Loaded on demand: the start of the command is measured against `node -e 0`.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { commandText } = require('../commands/host/help') as typeof Help;
    this.#output.text(commandText(verb));
    return Promise.resolve(undefined);
  }
}
