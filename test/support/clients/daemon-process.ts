/** The daemon as a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { commandEnvironment } from '../process/run-command';
import { eventually } from '../time/eventually';

export interface DaemonProcessOptions {
  /** Where tslxc keeps its state. */
  readonly root: string;
  /** From `commandLine`. */
  readonly argv: readonly string[];
  /** The daemon is ready when this socket accepts connections. */
  readonly socket: string;
}

export class DaemonProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** The socket of the one before, if it was killed. A child of that which has not executed its program yet still listens there. */
  readonly #former: string;
  #said = '';

  private constructor({ root, argv: [program = '', ...words], socket }: DaemonProcessOptions) {
    this.#former = identity(socket);
    this.#child = spawn(program, words, {
      env: commandEnvironment(root),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (bytes: Buffer) => (this.#said += bytes.toString()));
    }
  }

  static async start(options: DaemonProcessOptions): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(options);
    try {
      await eventually(() => daemon.#isListening(options.socket), 20_000);
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
    return daemon;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it has written. */
  get said(): string {
    return this.#said;
  }

  /** Ends it; resolves with its exit code, or the signal. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    this.#child.kill(signal);
    return this.exit();
  }

  /** Waits for its end. */
  async exit(): Promise<number | string | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #isListening(path: string): Promise<void> {
    if (this.#child.exitCode !== null) throw new Error(`the daemon has ended: ${this.#said}`);
    if (identity(path) === this.#former) throw new Error(`${path} is not the daemon's yet`);
    const socket = connect(path);
    try {
      await once(socket, 'connect');
    } finally {
      socket.destroy();
    }
  }
}

/** Which file a path leads to; empty for none. */
function identity(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.ctimeMs}`;
}
