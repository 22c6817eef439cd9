/** Copies the output of a command to a stream of this process, and detects the end of the output; and its input from one. */
import { constants as system } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { hasErrno } from '../../host/state/file-error';
import { isReaderGone } from '../output/output';

/** Other processes may still have the command's output open: it counts as ended after this many milliseconds without output. */
const silence = 200;

export class OutputCopy {
  readonly #from: Readable;
  readonly #to: Writable;
  /** Counts events: if it is unchanged after a pause, there was no output that could have been read. */
  #happened = 0;
  readonly #over = new AbortController();
  #failure: Error | undefined;
  readonly #fail: (error: Error) => void;

  /** `onGone` is called if nothing more can be written: the reader has closed its end, as in `… | head -1`, or a disk is full. */
  constructor(from: Readable, to: Writable, onGone: () => void) {
    this.#from = from;
    this.#to = to;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    if (from.closed) this.#over.abort();
    else from.once('close', () => this.#over.abort());
    this.#fail = (error: Error): void => {
      if (!isReaderGone(error, descriptorOf(to))) this.#failure ??= error;
      this.#over.abort();
      // Further output is discarded, so that the command never waits for a reader that is gone.
      from.resume();
      onGone();
    };
    to.on('error', this.#fail);
  }

  /** The target, which others go on to write to, is let go of. */
  stop(): void {
    this.#to.off('error', this.#fail);
  }

  /** Resolves when the source has ended or is silent, and all of its output is written. */
  async untilSilent(): Promise<void> {
    for (let before = -1; !this.#isOver && before !== this.#happened;) {
      before = this.#happened;
      await sleep(silence, undefined, { signal: this.#over.signal }).catch(() => undefined);
      // While the copy waits for a slow reader, no output can arrive, which does not mean the end.
      if (this.#from.isPaused()) await this.#written();
      // Nor does a write that has blocked this whole process: in the next turn it reads what has arrived meanwhile.
      await nextTurn();
    }
    await this.#written();
  }

  /** Why not all output could be written; undefined also if the reader has closed its end. */
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

  /** Resolves when everything is written, or can't be because the reader is gone. */
  async #written(): Promise<void> {
    await new Promise<void>((resolve) => this.#to.write('', () => resolve()));
  }
}

export class InputCopy {
  readonly #from: Readable;
  readonly #to: Writable;
  readonly #fail: (error: Error) => void;
  #failure: Error | undefined;

  /** `onFailed` is called if not all could be read: what has been read is not all that the command is to get. */
  constructor(from: Readable, to: Writable, onFailed: () => void) {
    [this.#from, this.#to] = [from, to];
    // The command need not read all of its input.
    to.on('error', () => from.unpipe(to));
    this.#fail = (error: Error): void => {
      if (isEmptyInput(error, descriptorOf(from))) {
        to.end();
        return;
      }
      this.#failure ??= error;
      onFailed();
    };
    from.on('error', this.#fail);
    const { errored } = from;
    // Of a stream that has failed for the command before, nothing more is told.
    if (errored === null) from.pipe(to);
    else setImmediate(() => this.#fail(errored));
  }

  /** Why not all of the input could be read. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  stop(): void {
    this.#from.off('error', this.#fail);
    this.#from.unpipe(this.#to);
    this.#from.pause();
  }
}

/** A descriptor that is open for writing only, as nohup(1) makes stdin, is an empty input; so is a terminal that was hung up. */
export function isEmptyInput(error: Error, fd: number): boolean {
  return hasErrno(error, system.errno.EBADF) || isReaderGone(error, fd);
}

/** The descriptor of a stream such as process.stdout; -1 for a stream without one. */
export function descriptorOf(stream: Readable | Writable): number {
  return 'fd' in stream && typeof stream.fd === 'number' ? stream.fd : -1;
}
