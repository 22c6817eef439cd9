/** The shell: runs commands from a terminal or a pipe line by line, until the end of the input, `exit` or `quit`. */
import { completeLine } from './completion';
import { splitCommands } from './command-string';
import { historyPath, readHistory, writeHistory } from '../terminal/history';
import { LineEditor } from '../terminal/line-editor';
import { LineGate } from '../terminal/line-gate';
import type { Output } from '../output/output';
import type { Context } from './command';
import type { CommandRunner } from './runner';

type ReadingSurroundings = Pick<Context, 'environment' | 'terminal'> & { readonly output: Output };

/** A source of lines. */
interface Lines {
  /** Undefined at the end. */
  next(prompt: string): Promise<string | undefined>;
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

async function runLine(runner: CommandRunner, line: string): Promise<number> {
  let commands: string[][];
  try {
    commands = splitCommands(line);
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

function pipedLines({ terminal, output }: ReadingSurroundings): Lines {
  const gate = new LineGate(terminal.input());
  return {
    next: (prompt) => {
      output.text(prompt);
      return new Promise((resolve) => {
        let line = '';
        // As in virsh, which uses readline, the line is shown after the prompt.
        const done = (whole: string): void => {
          output.text(`${whole}\n`);
          resolve(whole);
        };
        gate.open({
          take: (text) => {
            line += text;
            if (/[\r\n]$/.test(line)) done(line.slice(0, -1));
          },
          ended: () => {
            if (line === '') resolve(undefined);
            else done(line);
          },
        });
      });
    },
    close: () => gate.close(),
  };
}
