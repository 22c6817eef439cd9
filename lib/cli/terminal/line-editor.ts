/** Lines from a terminal, with node:readline's editing, history and completion. */
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { LineGate } from './line-gate';
import { keptLines } from './history';
import { isChanged } from '../shell/given-bytes';
import type { GivenLine } from '../shell/given-bytes';
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
  /** The keys of the line that is being read. */
  #typed: Buffer[] = [];
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
    this.#readline.on('history', (lines) => {
      // The listener may change the list. From there, what was changed would be taken for what was typed.
      if (isChanged(this.#given(lines[0] ?? ''))) lines.shift();
      this.#history = lines;
    });
  }

  /** The history so far, the newest line first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /** The next line; undefined at the end of the input, and for ^D at the beginning of a line. */
  async next(prompt: string): Promise<GivenLine | undefined> {
    const editor = this.#readline;
    this.#terminal.setMode('keys');
    this.#typed = [];
    try {
      return await new Promise((resolve) => {
        const onLine = (line: string): void => done(this.#given(line));
        const onClose = (): void => done(undefined);
        const done = (line: GivenLine | undefined): void => {
          editor.off('line', onLine).off('close', onClose).off('SIGINT', onInterrupt);
          resolve(line);
        };
        const onInterrupt = (): void => this.#dropLine();
        editor.on('line', onLine).on('close', onClose).on('SIGINT', onInterrupt);
        editor.setPrompt(prompt);
        editor.prompt();
        this.#gate.open({
          take: (bytes, part) => {
            this.#typed.push(part === 'last' ? bytes.subarray(0, -1) : bytes);
            this.#keys.write(bytes);
          },
          ended: () => void this.#keys.end(),
        });
      });
    } finally {
      this.#gate.close();
      this.#terminal.setMode('normal');
    }
  }

  #given(text: string): GivenLine {
    return { text, bytes: Buffer.concat(this.#typed) };
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
