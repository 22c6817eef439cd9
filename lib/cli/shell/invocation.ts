/**
 * The command `tslxc`: runs a command line, and returns the exit status. A command line has a verb and its words, or one word
 * with several commands, or no words: then commands are read from stdin. The commands themselves are in commands/.
 */
import { splitCommands } from './command-string';
import { CommandError, errorLines } from './command-error';
import { refuseChangedVariable, refuseChangedWords } from './given-bytes';
import { parseGlobals, settingVariables } from './globals';
import { openLog } from './log';
import { CommandRunner } from './runner';
import { packageVersion } from '../../host/package-paths';
import { fileError } from '../../host/state/file-error';
import { Output, descriptorSink } from '../output/output';
import { closeLostTerminal, processTerminal } from '../terminal/terminal';
import type { Logger } from '../../host/logger';
import type * as Library from '../../index';
import type * as Help from '../commands/host/help';
import type { CommandLine } from './globals';
import type * as Reading from './reading';
import type { RunnerSurroundings } from './runner';
import type { Sink } from '../output/output';

/** Everything outside of the command that it can use. */
export interface Surroundings extends RunnerSurroundings {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** `own`: words and variables are those that this process was given. */
  readonly given?: 'own';
}

/** Runs one command line (without `node` and the script) and resolves to its exit status. Never rejects. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let output = new Output(stdout, stderr, 'normal');
  let log: Logger | undefined;
  try {
    const line = parseGlobals(argv);
    output = new Output(stdout, stderr, line.globals.verbosity);
    if (line.ignored !== undefined) output.error(line.ignored);
    const { debug, logFile } = line.globals;
    if (debug !== undefined || logFile !== undefined) log = openLog(line.globals);
    const status = await invoke({ argv, line, output, surroundings, log });
    if (output.failure === undefined) return status;
    const cause = fileError(output.failure, 'write to standard output');
    throw new CommandError('failed to write all of the output', { cause });
  } catch (error) {
    log?.error({ err: error }, 'command failed');
    for (const text of errorLines(error)) output.error(text);
    return 1;
  }
}

interface Invocation {
  readonly argv: readonly string[];
  readonly line: CommandLine;
  readonly output: Output;
  readonly surroundings: Surroundings;
  readonly log: Logger | undefined;
}

async function invoke({ argv, line, output, surroundings, log }: Invocation): Promise<number> {
  const { globals, wants, words } = line;
  if (wants !== 'command') {
    output.text(about(wants));
    return 0;
  }
  const runner = new CommandRunner({ globals, output, surroundings, log });
  try {
    if (surroundings.given === 'own') refuseChanged(surroundings, argv);
  } catch (error) {
    return runner.fail(error, words[0]);
  }
  try {
    const [first, ...rest] = words;
    if (first === undefined) return await readCommands(runner, { output, surroundings });
    return await runner.run(rest.length === 0 ? splitCommands(first) : [words]);
  } finally {
    await runner.close();
  }
}

/** Before anything is done. @throws UsageError. */
function refuseChanged({ environment }: Surroundings, argv: readonly string[]): void {
  refuseChangedWords(argv);
  for (const name of settingVariables) refuseChangedVariable(name, environment[name]);
}

function readCommands(
  runner: CommandRunner,
  { output, surroundings }: Pick<Invocation, 'output' | 'surroundings'>,
): Promise<number> {
  // Loaded on demand, like everything that few command lines need, since the start-up time of the command is measured.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { readAndRun } = require('./reading') as typeof Reading;
  return readAndRun(runner, { output, ...surroundings });
}

function about(what: Exclude<CommandLine['wants'], 'command'>): string {
  if (what === 'version') return `${packageVersion()}\n`;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { longVersion, usage } = require('../commands/host/help') as typeof Help;
  return what === 'help' ? usage() : longVersion();
}

/** The surroundings of this process. */
export function processSurroundings(): Surroundings {
  return {
    environment: process.env,
    given: 'own',
    stdout: descriptorSink(1),
    stderr: descriptorSink(2),
    terminal: processTerminal(),
    signals: process,
    connect: (uri, options) => {
      // Loaded on demand: it is most of the package, and `help` and `--version` don't need it.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const library = require('../../index') as typeof Library;
      return library.connect(uri, options);
    },
  };
}

/** Runs the command line of this process, and then exits. */
export async function runProcess(): Promise<never> {
  const status = await main(process.argv.slice(2), processSurroundings());
  closeLostTerminal();
  process.exit(status);
}
