/** Lines from a terminal, with node:readline's editing, history and completion. */
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { LineGate } from './line-gate';
import { keptLines } from './history';
import type { Terminal } from './terminal';

/** Calls back with the candidates, and with the text that they replace. */
export type Completer = (
  line: string,
  callback: (error: null, result: [string[], string]) => void,
) => void;

export interface LineEditorParts {
  readonly terminal: Terminal;
  readonly completer: Completer;
  /** The newest line first. */
  readonly history: readonly string[];
}

export class LineEditor {
  readonly #terminal: Terminal;
  readonly #gate: LineGate;
  /** The input of node:readline, which gets keys only while a line is being read. */
  readonly #keys = new PassThrough();
  readonly #readline: Interface;
  #history: readonly string[];

  constructor({ terminal, completer, history }: LineEditorParts) {
    this.#terminal = terminal;
    this.#history = history;
    this.#gate = new LineGate(terminal.input());
    this.#readline = createInterface({
      input: this.#keys,
      output: terminal.output(),
      terminal: true,
      completer,
      history: [...history],
      historySize: keptLines,
    });
    this.#readline.on('history', (lines) => (this.#history = lines));
  }

  /** The history so far, the newest line first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /** The next line; undefined at the end of the input, and for ^D at the beginning of a line. */
  async next(prompt: string): Promise<string | undefined> {
    const editor = this.#readline;
    this.#terminal.setMode('keys');
    try {
      return await new Promise((resolve) => {
        const onLine = (line: string): void => done(line);
        const onClose = (): void => done(undefined);
        const done = (line: string | undefined): void => {
          editor.off('line', onLine).off('close', onClose).off('SIGINT', onInterrupt);
          resolve(line);
        };
        const onInterrupt = (): void => this.#dropLine();
        editor.on('line', onLine).on('close', onClose).on('SIGINT', onInterrupt);
        editor.setPrompt(prompt);
        editor.prompt();
        this.#gate.open({
          take: (text) => void this.#keys.write(text),
          ended: () => void this.#keys.end(),
        });
      });
    } finally {
      this.#gate.close();
      this.#terminal.setMode('normal');
    }
  }

  close(): void {
    this.#gate.close();
    this.#readline.close();
  }

  /** ^C: as in a shell, discards the line. */
  #dropLine(): void {
    this.#terminal.output().write('^C\n');
    for (const name of ['e', 'u']) this.#readline.write(null, { ctrl: true, name });
    this.#readline.prompt();
  }
}
