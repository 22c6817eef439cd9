/** The shell: runs commands from a terminal or a pipe line by line, until the end of the input, `exit` or `quit`. */
import { completeLine } from './completion';
import { splitCommands } from './command-string';
import { historyPath, readHistory, writeHistory } from '../terminal/history';
import { LineEditor } from '../terminal/line-editor';
import { LineGate } from '../terminal/line-gate';
import { fileError } from '../../host/state/file-error';
import { isEmptyInput } from '../terminal/output-copy';
import { CommandError } from './command-error';
import { longestLine, refuseChangedLine } from './given-bytes';
import type { Output } from '../output/output';
import type { Context } from './command';
import type { GivenLine } from './given-bytes';
import type { CommandRunner } from './runner';

type ReadingSurroundings = Pick<Context, 'environment' | 'terminal'> & { readonly output: Output };

/** A source of lines. */
interface Lines {
  /** Undefined at the end. @throws CommandError if the input can't be read. */
  next(prompt: string): Promise<GivenLine | undefined>;
  close(): void;
}

const welcome = `Welcome to tslxc, the interactive terminal for containers.

Type:  'help' for help with commands
       'quit' to quit

`;

/** Runs the commands that it reads, and resolves to the exit status: as in virsh 0, whether or not the commands succeeded. */
export async function readAndRun(
  runner: CommandRunner,
  surroundings: ReadingSurroundings,
): Promise<number> {
  const { output, terminal } = surroundings;
  if (output.verbosity === 'normal') output.text(welcome);
  const lines = terminal.isShown() ? typedLines(runner, surroundings) : pipedLines(surroundings);
  try {
    for (;;) {
      const line = await lines.next(promptFor(runner));
      if (line === undefined) break;
      await runLine(runner, line);
      if (runner.hasLeft) break;
    }
    output.text('\n');
    return 0;
  } finally {
    lines.close();
  }
}

function promptFor({ access }: CommandRunner): string {
  return access === 'read-only' ? 'tslxc > ' : 'tslxc # ';
}

async function runLine(runner: CommandRunner, line: GivenLine): Promise<number> {
  let commands: string[][];
  try {
    refuseChangedLine(line);
    commands = splitCommands(line.text);
  } catch (error) {
    return runner.fail(error);
  }
  return runner.run(commands);
}

function typedLines(runner: CommandRunner, surroundings: ReadingSurroundings): Lines {
  const { environment, terminal, output } = surroundings;
  const path = historyPath(environment);
  const editor = new LineEditor({
    terminal,
    history: path === undefined ? [] : readHistory(path),
    completer: (line, callback) => {
      void completeLine(line, () => runner.connect()).then(({ candidates, typed }) =>
        callback(null, [[...candidates], typed]),
      );
    },
  });
  return {
    next: (prompt) => editor.next(prompt),
    close: () => {
      editor.close();
      if (path === undefined) return;
      try {
        writeHistory(path, editor.history);
      } catch (error) {
        output.note(`the history is not kept: ${(error as Error).message}`);
      }
    },
  };
}

const stdin = 0;

function pipedLines({ terminal, output }: ReadingSurroundings): Lines {
  const gate = new LineGate(terminal.input());
  return {
    next: (prompt) => {
      output.text(prompt);
      return new Promise((resolve, reject) => {
        const pieces: Buffer[] = [];
        let size = 0;
        // As in virsh, which uses readline, the line is shown after the prompt.
        const done = (): void => {
          const bytes = Buffer.concat(pieces);
          output.bytes(Buffer.concat([bytes, Buffer.from('\n')]));
          resolve({ text: bytes.toString(), bytes });
        };
        gate.open({
          take: (bytes, part) => {
            const text = part === 'last' ? bytes.subarray(0, -1) : bytes;
            // The rest of a line that is too long is not kept.
            if (size <= longestLine) pieces.push(text);
            size += text.length;
            if (part === 'last') done();
          },
          ended: (failure) => {
            if (failure !== undefined && !isEmptyInput(failure, stdin)) reject(unread(failure));
            else if (pieces.length === 0) resolve(undefined);
            else done();
          },
        });
      });
    },
    close: () => gate.close(),
  };
}

function unread(failure: Error): CommandError {
  const cause = fileError(failure, 'read standard input');
  return new CommandError('failed to read the commands', { cause });
}
