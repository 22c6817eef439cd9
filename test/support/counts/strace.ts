/** strace(1) on a running process, with its threads and with all that it starts from then on. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { eventually } from '../time/eventually';
import { unrest } from '../process/at-rest';
import { tracedBy } from '../process/processes';
import { endStrace } from '../process/strace-end';

export class Strace implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, null, Readable>;
  readonly #folder: string;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcessByStdio<null, null, Readable>, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#ended = once(child, 'close');
  }

  /** Resolves when each thread of the process is traced. */
  static async attach(pid: number): Promise<Strace> {
    const folder = mkdtempSync(join(tmpdir(), 'tslxc-strace-'));
    const words = ['-f', '-y', '-ttt', '-s', '64', '-o', join(folder, 'trace'), '-p', String(pid)];
    const child = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    const strace = new Strace(child, folder);
    try {
      await strace.#untilAttached();
      return strace;
    } catch (error) {
      await strace[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Waits until none of the traced processes has anything left to do, and strace has seen all that they did. Timers of the
   * JavaScript engine may run: they lead to no system calls that count.
   */
  async untilAtRest(): Promise<void> {
    await eventually(() => {
      const busy = unrest(tracedBy(this.#child.pid ?? -1), { least: 500 });
      if (busy.length > 0) throw new Error(busy.join('\n'));
    }, 20_000);
  }

  /** Lets go of all, and resolves with what has been written. */
  async end(): Promise<string> {
    await endStrace(this.#child, this.#ended);
    return readFileSync(join(this.#folder, 'trace'), 'latin1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endStrace(this.#child, this.#ended);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #untilAttached(): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.#child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('attached')) resolve();
      });
      this.#child.on('error', reject);
      this.#child.on('close', () => reject(new Error(`strace: ${said.trim()}`)));
    });
  }
}
