/** Copies what a command writes to a stream of this process, and tells when that was all. */
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { isReaderGone } from '../output/output';

/** Other processes may still have the command's output open: when nothing comes for so many milliseconds, it has ended. */
const silence = 200;

export class OutputCopy {
  readonly #from: Readable;
  readonly #to: Writable;
  /** Grows with all that happens: while it stays, nothing came that could have come. */
  #happened = 0;
  readonly #over = new AbortController();
  #failure: Error | undefined;

  /** `onGone` is called when nothing more can be written: the reader has closed its end, as in `… | head -1`, or a disk is full. */
  constructor(from: Readable, to: Writable, onGone: () => void) {
    this.#from = from;
    this.#to = to;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.once('close', () => this.#over.abort());
    to.on('error', (error: Error) => {
      if (!isReaderGone(error, descriptorOf(to))) this.#failure ??= error;
      this.#over.abort();
      // What the command still writes is thrown away: it never waits for a reader that is gone.
      from.resume();
      onGone();
    });
  }

  /** Resolves when the source has ended or is silent, and all that came from it is written. */
  async untilSilent(): Promise<void> {
    for (let before = -1; !this.#isOver && before !== this.#happened;) {
      before = this.#happened;
      await sleep(silence, undefined, { signal: this.#over.signal }).catch(() => undefined);
      // While the reader is slow, no output can come: that is not the end.
      if (this.#from.isPaused()) await this.#written();
      // Nor is a write that has held up this whole process: in this turn it reads what has come meanwhile.
      await nextTurn();
    }
    await this.#written();
  }

  /** Why not all could be written; undefined also where the reader has closed its end. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #take(chunk: Buffer): void {
    this.#happened += 1;
    if (this.#isOver || this.#to.write(chunk)) return;
    this.#from.pause();
    this.#to.once('drain', () => {
      this.#happened += 1;
      this.#from.resume();
    });
  }

  /** Resolves when all is written, or can't be since the reader is gone. */
  async #written(): Promise<void> {
    await new Promise<void>((resolve) => this.#to.write('', () => resolve()));
  }
}

/** Of process.stdout and the like; -1 for a stream that has none. */
function descriptorOf(stream: Writable): number {
  return 'fd' in stream && typeof stream.fd === 'number' ? stream.fd : -1;
}
