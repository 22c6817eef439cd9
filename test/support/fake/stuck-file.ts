/** A file that every process can open, and that keeps each one that closes it in the kernel, out of reach of SIGKILL, until it is released. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { eventually } from '../time/eventually';
import { runProgram } from '../process/run-command';

/** Seconds after which it is released by itself: a test whose own process waits for it fails then. */
const patience = '60';

/** Sends by the socket 3 what the words after the path and a number say in hexadecimal, each with so many descriptors of the file behind it. */
const sender = `
import os, socket, sys
peer = socket.socket(fileno=3)
# Not blocking, as its other owner has it: what finds it full waits here.
peer.settimeout(60)
file = os.open(sys.argv[1], os.O_RDONLY)
for message in sys.argv[3:]:
    peer.sendall(bytes.fromhex(message))
    for _ in range(int(sys.argv[2])):
        socket.send_fds(peer, [b'\\0'], [file])
`;

export class StuckFile implements AsyncDisposable {
  readonly path: string;
  readonly #server: ChildProcessByStdio<null, Readable, null>;
  readonly #ended: Promise<unknown>[];
  #said = '';

  private constructor(path: string) {
    this.path = path;
    const script = join(__dirname, 'stuck-file.py');
    this.#server = spawn('python3', [script, path, patience], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#ended = [once(this.#server, 'close')];
    this.#server.stdout.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  static async mount(): Promise<StuckFile> {
    const path = join(await mkdtemp('/var/tmp/tslxc-stuck-'), 'file');
    await writeFile(path, '');
    const file = new StuckFile(path);
    await eventually(() => expect(file.#said).toContain('mounted'));
    return file;
  }

  /** Sends each message by a socket, and descriptors of the file after each. The process that does so is kept at its end. */
  handOver(
    socket: number,
    { messages, each }: { readonly messages: readonly Buffer[]; readonly each: number },
  ): void {
    const words = messages.map((message) => message.toString('hex'));
    const child = spawn('python3', ['-c', sender, this.path, String(each), ...words], {
      stdio: ['ignore', 'inherit', 'inherit', socket],
    });
    this.#ended.push(once(child, 'close'));
  }

  /** Until so many wait that have closed it. */
  async untilClosing(count: number): Promise<void> {
    await eventually(() => {
      expect(this.#said.split('closing').length - 1).toBeGreaterThanOrEqual(count);
    });
  }

  /** Lets all who wait go on. */
  async release(): Promise<void> {
    this.#server.kill('SIGKILL');
    await Promise.all(this.#ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
    await runProgram(['umount', '-l', this.path], {});
    await rm(dirname(this.path), { recursive: true });
  }
}
