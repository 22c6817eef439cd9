/** A process with the library that does what it is told, one thing after another: for many operations of one caller. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { libraryWords } from './library-child';
import { commandEnvironment } from './run-command';

/** What came of a piece of code: its value, or the data of what it threw. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: {
    readonly message: string;
    readonly code?: string;
    readonly errno?: number;
    readonly syscall?: string;
    readonly path?: string;
    readonly step?: string;
  };
}

export interface DrivenOptions {
  /** argv before Node's own: `unshare --mount`. It must exec, so that the pid is Node's. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of another package than the one that is tested. */
  readonly folder?: string;
}

const loop = `
  const connection = await connect();
  const Code = (async () => undefined).constructor;
  const say = (word) => require('node:fs').writeSync(1, JSON.stringify(word) + '\\n');
  const lines = require('node:readline').createInterface({ input: process.stdin });
  say({ ready: true });
  for await (const line of lines) {
    try {
      const value = await new Code('connection', 'connect', 'require', JSON.parse(line))(connection, connect, require);
      say({ value });
    } catch (error) {
      const { message, code, errno, syscall, path, step } = error;
      say({ error: { message, code, errno, syscall, path, step } });
    }
  }`;

/** Thrown when it ends before it has answered. */
export class ChildGone extends Error {}

export class DrivenChild implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #stderr = '';

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    this.#ended = once(child, 'close');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    child.stdin.on('error', () => undefined);
  }

  static async start(root: string, options: DrivenOptions = {}): Promise<DrivenChild> {
    const [program = '', ...words] = [
      ...(options.prefix ?? []),
      ...libraryWords(loop, options.folder),
    ];
    const env = { ...commandEnvironment(root), ...options.env };
    const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const driven = new DrivenChild(child);
    await driven.#answer();
    return driven;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Runs the body of an async function that has `connection` (on the root), `connect` and `require`. */
  async try(code: string): Promise<Outcome> {
    this.#child.stdin.write(`${JSON.stringify(code)}\n`);
    return (await this.#answer()) as Outcome;
  }

  /** The same, for what has to succeed. */
  async run(code: string): Promise<unknown> {
    const { value, error } = await this.try(code);
    if (error !== undefined) throw new Error(`${error.message} in: ${code}`);
    return value;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    this.kill();
    await this.#ended;
  }

  async #answer(): Promise<unknown> {
    const { done, value } = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (done === true) throw new ChildGone(`the child has ended: ${this.#stderr}`);
    return JSON.parse(value) as unknown;
  }
}
