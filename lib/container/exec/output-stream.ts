/**
 * A stream of a command, as the caller has it. While the command runs, bytes are taken from its socket as fast as they are
 * read, so that a command waits for a slow reader. What is left when it has ended is taken at once: it can be read whenever
 * the caller comes to it, and no descriptor is kept for that.
 */
import type { Socket } from 'node:net';
import { Duplex, type DuplexOptions } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A pipe holds no more bytes, unless root inside has enlarged it: what comes after them is not the command's. */
const pipeSize = 1024 * 1024;

/**
 * What comes after the last byte of a command that has ended: a terminal ends; a pipe, which other processes may still have
 * open, is silent for a whole turn of the event loop.
 */
export type LastByte = 'before-end' | 'before-silence';

export class OutputStream extends Duplex {
  readonly #socket: Socket;
  readonly #waiters: (() => void)[] = [];
  #taking: 'what-is-read' | 'everything' | 'nothing' = 'what-is-read';
  /** Bytes that were taken since the command has ended. */
  #rest = 0;
  #restIsTaken: Promise<void> | undefined;
  #isGivenUp = false;
  #wasAsked = false;
  #isAtEnd = false;
  #onRestFull: () => void = () => undefined;

  constructor(socket: Socket) {
    const options: DuplexOptions & { readonly writable: boolean } = {
      allowHalfOpen: false,
      writable: socket.writable,
    };
    super(options);
    this.#socket = socket;
    // Else it would begin to read as soon as it has a listener.
    socket.pause();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end());
    socket.on('error', (error) => this.destroy(error));
    this.once('end', () => this.#look()).once('close', () => this.#look());
  }

  /**
   * The command has ended: takes what it has written and nobody has read yet, at most what a pipe holds. What comes after that
   * is taken as fast as it is read; it is discarded if nobody has begun to read, and keeps this process alive no longer.
   */
  takeRest(last: LastByte): void {
    this.#taking = 'everything';
    this.#socket.resume();
    this.#restIsTaken = (last === 'before-end' ? this.#untilEnd() : this.#untilSilent()).then(
      () => {
        if (this.#isBegun) this.#takeWhatIsRead();
        else this.#discard();
      },
    );
  }

  /** Once its command has ended, resolves when all that it has written is read, or nobody has begun to, or has given up. */
  async untilRead(): Promise<void> {
    if (!this.#isBegun) return;
    await this.#restIsTaken;
    if (!this.#isRead) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    // Who iterates gets the last piece in a later microtask.
    await nextTurn();
  }

  /** Nobody waits any longer until this is read. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#look();
  }

  /** Does not keep this process alive any longer. */
  unref(): void {
    this.#socket.unref();
  }

  override read(size?: number): unknown {
    // The machinery of streams asks for 0 bytes.
    if (size !== 0) this.#wasAsked = true;
    const chunk: unknown = super.read(size);
    this.#look();
    return chunk;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    if (this.#socket.writable) this.#socket.end(() => done());
    else done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  get #isBegun(): boolean {
    return this.#wasAsked || this.readableFlowing !== null;
  }

  /** Whether all that was taken is read; a reader that listens is also told of the end. */
  get #isRead(): boolean {
    if (this.#isGivenUp || this.destroyed || this.readableEnded) return true;
    return this.readableLength === 0 && !(this.#isAtEnd && this.readableFlowing === true);
  }

  #look(): void {
    if (!this.#isRead) return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #take(chunk: Buffer): void {
    if (this.#taking === 'nothing') return;
    if (this.#taking === 'everything') this.#rest += chunk.length;
    if (this.#rest >= pipeSize) this.#onRestFull();
    if (!this.push(chunk) && this.#taking === 'what-is-read') this.#socket.pause();
    this.#look();
  }

  async #untilEnd(): Promise<void> {
    if (this.#isAtEnd || this.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('end', resolve).once('close', resolve);
      this.#onRestFull = resolve;
    });
  }

  async #untilSilent(): Promise<void> {
    const isOver = (): boolean => this.#isAtEnd || this.destroyed || this.#rest >= pipeSize;
    if (isOver()) return;
    // Skips the rest of this turn, in which the socket may have been polled already.
    await nextTurn();
    for (let before = -1; before !== this.#rest && !isOver();) {
      before = this.#rest;
      await nextTurn();
    }
  }

  #takeWhatIsRead(): void {
    this.#taking = 'what-is-read';
    if (this.readableLength > 0) this.#socket.pause();
  }

  #discard(): void {
    this.#taking = 'nothing';
    this.#socket.resume();
    this.unref();
  }

  #end(): void {
    this.#isAtEnd = true;
    this.push(null);
    this.#look();
  }
}
