/** A program that runs beside a test until it has ended: a client that is told of events, or a daemon, and what it has printed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { commandEnvironment } from '../process/run-command';

export class BackgroundProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  #said = '';

  /** @param env - beside this process's environment */
  constructor(
    [program, ...words]: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#child = spawn(program, words, {
      env: { ...commandEnvironment(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (bytes: Buffer) => (this.#said += bytes.toString()));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** All that it has written. */
  get said(): string {
    return this.#said;
  }

  /** What it has written, without empty lines. */
  get lines(): string[] {
    return this.#said.split('\n').filter((line) => line !== '');
  }

  /** Gives it a line to read. */
  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
