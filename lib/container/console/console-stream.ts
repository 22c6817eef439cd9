/**
 * A container's console as a Duplex: what is read is the container's output, what is written goes to its
 * terminal. It ends when the container ends, after the last byte.
 */
import { Duplex } from 'node:stream';
import type { Channel } from '../monitor/channel';
import type { Message } from '../monitor/messages';

/** One input message; the monitor takes up to 64 KiB before it lets a client wait. */
const inputChunk = 32 * 1024;

/** A console of a container, made by `Domain.openConsole`: reads its output, and writes to its input. */
export class ConsoleStream extends Duplex {
  /** Bytes of output from before the replayed ones, which are no longer kept. */
  readonly dropped: bigint;
  /** Bytes of earlier output that the stream begins with. */
  readonly replayed: number;
  /** Bytes that were left out because this reader was too slow. */
  skipped = 0n;
  readonly #channel: Channel;
  #reading = false;
  #resume: (() => void) | undefined;

  /** @internal */
  constructor(channel: Channel, { dropped, replayed }: { dropped: bigint; replayed: number }) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
    this.dropped = dropped;
    this.replayed = replayed;
    // Until the caller reads: the channel would buffer without a limit.
    channel.pause();
    channel.ref();
  }

  /** Sets the size of the terminal: TIOCSWINSZ, and SIGWINCH for its foreground process group. */
  resize({ rows, columns }: { rows: number; columns: number }): void {
    this.#channel.send({ message: 'resize', rows, columns });
  }

  /** Lets this process end although the console is open. */
  unref(): this {
    this.#channel.unref();
    return this;
  }

  /** Keeps this process alive while the console is open: the default. */
  ref(): this {
    this.#channel.ref();
    return this;
  }

  /** @internal */
  override _read(): void {
    this.#resume?.();
    this.#resume = undefined;
    if (!this.#reading) {
      this.#reading = true;
      this.#channel.resume();
      void this.#pump();
    }
  }

  /** @internal */
  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    for (let at = 0; at < chunk.length; at += inputChunk) {
      this.#channel.send({ message: 'input', bytes: chunk.subarray(at, at + inputChunk) });
    }
    this.#channel.whenWritable(done);
  }

  /** @internal */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.close();
    this.#resume?.();
    done(error);
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#channel.receive();
        if (message === undefined || message.message === 'exited') break;
        if (!this.#deliver(message)) {
          this.#channel.pause();
          await new Promise<void>((resolve) => {
            this.#resume = resolve;
          });
          this.#channel.resume();
        }
      }
      this.push(null);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** False when the reader has enough for now. */
  #deliver(message: Message): boolean {
    if (message.message === 'skipped') this.skipped += message.bytes;
    return message.message !== 'output' || this.push(message.bytes);
  }
}
