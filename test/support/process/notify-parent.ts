/** `tslxc start --foreground` under a service manager: notify-parent.py's lines, as they come. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { eventually } from '../time/eventually';
import { commandEnvironment, commandLine } from './run-command';

const patience = 15_000;

export class NotifyParent implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #output = '';

  constructor(words: readonly string[], root: string) {
    const script = join(__dirname, 'notify-parent.py');
    this.#child = spawn('python3', [script, ...commandLine(...words)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: commandEnvironment(root),
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  /** All lines so far. */
  get lines(): readonly string[] {
    return this.#output.split('\n').filter((line) => line !== '');
  }

  /** Sends the command a signal. */
  send(signal: NodeJS.Signals): void {
    this.#child.stdin.write(`${signal}\n`);
  }

  /** Waits for the last line to match. */
  async expectLast(line: string | RegExp): Promise<void> {
    await eventually(() => expect(this.lines.at(-1)).toMatch(line), patience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await eventually(() => expect(this.#child.exitCode).not.toBeNull(), patience);
  }
}
