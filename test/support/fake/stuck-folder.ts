/** A mounted folder in which every process that looks for a file waits in the kernel, out of reach of SIGKILL, until it is released. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { eventually } from '../time/eventually';
import { runProgram } from '../process/run-command';

/** Seconds after which it is released by itself: a test whose own process waits in it fails then. */
const patience = '30';

export class StuckFolder implements AsyncDisposable {
  readonly path: string;
  readonly #server: ChildProcessByStdio<null, Readable, null>;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(path: string, answered: readonly string[]) {
    this.path = path;
    const script = join(__dirname, 'stuck-fuse.py');
    this.#server = spawn('python3', [script, path, patience, ...answered], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#ended = once(this.#server, 'close');
    this.#server.stdout.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  /** Processes of the name `answered` find an empty directory, whatever they look for, instead of waiting. */
  static async mount(answered?: string): Promise<StuckFolder> {
    const path = await mkdtemp('/var/tmp/tslxc-stuck-');
    const folder = new StuckFolder(path, answered === undefined ? [] : [answered]);
    await eventually(() => expect(folder.#said).toContain('mounted'));
    return folder;
  }

  /** Until a process waits in it. */
  async untilAsked(): Promise<void> {
    await eventually(() => expect(this.#said).toContain('asked'));
  }

  /** Lets all who wait go on, with an error. */
  async release(): Promise<void> {
    this.#server.kill('SIGKILL');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
    await runProgram(['umount', '-l', this.path], {});
    await rmdir(this.path);
  }
}
