/**
 * The command `tslxc`: command line → command → exit status. What a command does stands in commands/; this
 * file finds it, opens the connection when it asks for one, and shows what it rejects with.
 */
import { parseArguments } from './arguments';
import { CommandError, UsageError, endsWithBlank, errorLines } from './command-error';
import { chooseUri, parseGlobals } from './globals';
import { openLog } from './log';
import { commandsWith } from './verbs';
import { packageVersion } from '../../host/package-paths';
import { fileError } from '../../host/state/file-error';
import { Output, descriptorSink } from '../output/output';
import { closeLostTerminal, processTerminal } from '../terminal/terminal';
import type { Logger } from '../../host/logger';
import type * as Library from '../../index';
import type { ConnectOptions, Connection } from '../../index';
import type * as Help from '../commands/host/help';
import type { Command, Context, SignalSource } from './command';
import type { CommandLine } from './globals';
import type { Sink } from '../output/output';
import type { Terminal } from '../terminal/terminal';

/** Everything outside that the command can touch. */
export interface Surroundings {
  readonly environment: Record<string, string | undefined>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly terminal: Terminal;
  readonly signals: SignalSource;
  connect(uri: string, options: ConnectOptions): Promise<Connection>;
}

/** Runs one command line (without `node` and the script) and resolves to its exit status. Never rejects. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let output = new Output(stdout, stderr, 'normal');
  let log: Logger | undefined;
  try {
    const line = parseGlobals(argv);
    output = new Output(stdout, stderr, line.globals.verbosity);
    const { debug, logFile } = line.globals;
    if (debug !== undefined || logFile !== undefined) log = openLog(line.globals);
    const status = await new Invocation({ line, output, surroundings, log }).run();
    if (output.failure === undefined) return status;
    const cause = fileError(output.failure, 'write to standard output');
    throw new CommandError('failed to write all of the output', { cause });
  } catch (error) {
    log?.error({ err: error }, 'command failed');
    for (const text of errorLines(error)) output.error(text);
    return 1;
  }
}

interface InvocationParts {
  readonly line: CommandLine;
  readonly output: Output;
  readonly surroundings: Surroundings;
  readonly log: Logger | undefined;
}

class Invocation {
  readonly #line: CommandLine;
  readonly #output: Output;
  readonly #surroundings: Surroundings;
  readonly #log: Logger | undefined;
  #connection: Promise<Connection> | undefined;

  constructor({ line, output, surroundings, log }: InvocationParts) {
    this.#line = line;
    this.#output = output;
    this.#surroundings = surroundings;
    this.#log = log;
  }

  async run(): Promise<number> {
    const [verb, ...words] = this.#line.words;
    if (this.#line.wants === 'version') return this.#version();
    if (this.#line.wants === 'help' || verb === undefined) return this.#usage();
    const command = commandsWith(verb)?.[verb];
    if (command === undefined) throw new UsageError(`unknown command: '${verb}'`);
    let parsed: ReturnType<typeof parseArguments>;
    try {
      parsed = parseArguments(verb, command, words);
    } catch (error) {
      return this.#fail(error, command);
    }
    const { options, wants } = parsed;
    if (wants === 'help') return this.#perform(() => this.#help(verb));
    return this.#perform(() => command.run(this.#context(), options), command);
  }

  /** Shows why the command fails; returns the exit status for it. */
  #fail(error: unknown, { failureStatus }: Pick<Command, 'failureStatus'>): number {
    for (const text of errorLines(error)) this.#output.error(text);
    this.#log?.error({ err: error }, 'command failed');
    const own = error instanceof CommandError ? error.status : undefined;
    return own ?? failureStatus?.(error) ?? 1;
  }

  /** virsh puts an empty line after every command that has begun, whether it succeeded or not. */
  async #perform(
    action: () => Promise<number | undefined>,
    command: Pick<Command, 'visibility' | 'stdout' | 'failureStatus'> = {},
  ): Promise<number> {
    const { visibility, stdout } = command;
    const blank = (): void => {
      if (visibility !== 'hidden' && stdout !== 'alone') this.#output.extra('');
    };
    try {
      const status = await action();
      blank();
      return status ?? 0;
    } catch (error) {
      const status = this.#fail(error, command);
      if (endsWithBlank(error)) blank();
      return status;
    } finally {
      await this.#close();
    }
  }

  #context(): Context {
    const { environment, terminal, signals } = this.#surroundings;
    return {
      output: this.#output,
      globals: this.#line.globals,
      environment,
      terminal,
      signals,
      connect: (logger) => (this.#connection ??= this.#connect(this.#log ?? logger)),
    };
  }

  async #connect(logger: Logger | undefined): Promise<Connection> {
    const { globals } = this.#line;
    const { uri, note } = chooseUri(globals, this.#surroundings.environment);
    if (note !== undefined && globals.verbosity === 'normal') this.#output.note(note);
    try {
      return await this.#surroundings.connect(uri, {
        access: globals.access,
        ...(globals.root === undefined ? {} : { root: globals.root }),
        ...(logger === undefined ? {} : { logger }),
      });
    } catch (cause) {
      throw new CommandError('failed to connect to the hypervisor', { cause, code: 'NO_CONNECT' });
    }
  }

  async #close(): Promise<void> {
    if (this.#connection === undefined) return;
    try {
      await (await this.#connection).close();
    } catch {
      // It was not opened, which has been shown; or it is closed by this process ending.
    }
  }

  #version(): number {
    this.#output.line(packageVersion());
    return 0;
  }

  #usage(): number {
    this.#output.text(helpPages().usage());
    return this.#line.wants === 'help' ? 0 : 1;
  }

  async #help(verb: string): Promise<undefined> {
    this.#output.text(helpPages().commandText(verb));
    return Promise.resolve(undefined);
  }
}

/** Loaded when it is asked for: the start of the command is measured against `node -e 0`. */
function helpPages(): typeof Help {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('../commands/host/help') as typeof Help;
}

/** Those of this process. */
export function processSurroundings(): Surroundings {
  return {
    environment: process.env,
    stdout: descriptorSink(1),
    stderr: descriptorSink(2),
    terminal: processTerminal(),
    signals: process,
    connect: (uri, options) => {
      // It is most of the package, and `help` and `--version` don't need it.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const library = require('../../index') as typeof Library;
      return library.connect(uri, options);
    },
  };
}

/** Runs the command line of this process, which ends with it. */
export async function runProcess(): Promise<never> {
  const status = await main(process.argv.slice(2), processSurroundings());
  closeLostTerminal();
  process.exit(status);
}
