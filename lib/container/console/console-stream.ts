/**
 * A container's console as a Duplex: what is read is the container's output, what is written goes to its
 * terminal. It ends when the container ends, after the last byte.
 */
import type { WindowSize } from '../../host/native';
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { windowSize } from './window-size';
import { Duplex } from 'node:stream';
import type { Channel } from '../monitor/channel';
import { largestClientFrame } from '../monitor/messages';
import type { Message } from '../monitor/messages';
import { QuietReplay } from './quiet-replay';
import { UnreadOutput } from './unread-output';

/** Bytes in one input message. */
const inputChunk = largestClientFrame / 2;

/** Where in the output a stream begins. */
export interface Attached {
  readonly dropped: bigint;
  readonly replayed: number;
  readonly replay: 'raw' | 'quiet';
  /** Whether the container has ended, as far as that is known. */
  readonly hasEnded: () => boolean;
}

/** Closes the channels of consoles that were dropped. */
const dropped = new FinalizationRegistry<Channel>((channel) => channel.close());

/** What the methods of a console take, besides those of every stream. */
export const consoleCalls = { resize: [['size', windowSize]] } as const;

/** What a console emits besides the events of every Duplex. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- only signatures of methods that a Duplex has
export interface ConsoleStream {
  /**
   * `skipped`: this reader was too slow, and so many bytes of output are left out. Emitted once for each gap: after the
   * `readableLength` bytes that are still to be read at that moment.
   */
  on(event: 'skipped', listener: (bytes: bigint) => void): this;
  /** `error`: the console broke, or its connection was closed. */
  on(event: 'error', listener: (error: Error) => void): this;
  /** Every other event, as of every Duplex. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the signature that all events of a stream share
  on(event: string | symbol, listener: (...given: any[]) => void): this;
  /** As `on`, for the next gap alone. */
  once(event: 'skipped', listener: (bytes: bigint) => void): this;
  /** As `on`, once. */
  once(event: 'error', listener: (error: Error) => void): this;
  /** As `on`, once. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the signature that all events of a stream share
  once(event: string | symbol, listener: (...given: any[]) => void): this;
}

/**
 * A console of a container, made by `Domain.openConsole`: reads its output, and writes to its input. A reader that is too slow
 * loses output, since a container never waits for one: each gap is told of by the event `skipped`.
 *
 * It holds a descriptor until the container ends, `destroy` is called, or its connection is closed. At the end of the container the
 * descriptor is given back even if nobody reads: what has come by then can be read afterwards. One that is dropped without being read gives
 * it back when the garbage collector finds it, which may take long: `destroy` it, or use `await using`.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- as above
export class ConsoleStream extends Duplex {
  /** Bytes of output that precede the replayed ones and are no longer kept. */
  readonly dropped: bigint;
  /** Bytes of earlier output that the stream begins with; a quiet replay delivers fewer. */
  readonly replayed: number;
  /** Bytes that were left out because this reader was too slow, in all; the event `skipped` tells where. */
  skipped = 0n;
  readonly #channel: Channel;
  readonly #unread: UnreadOutput;
  #reading = false;
  #resume: (() => void) | undefined;

  /** What makes the replay quiet, until it is over. */
  #quiet: QuietReplay | undefined;
  /** Bytes of the replay that are still to come. */
  #replaying: bigint;

  /** @internal */
  constructor(channel: Channel, attached: Attached) {
    super({ allowHalfOpen: false });
    const { replayed, replay, hasEnded } = attached;
    this.#channel = channel;
    this.#unread = new UnreadOutput(channel, hasEnded);
    this.dropped = attached.dropped;
    this.replayed = replayed;
    this.#replaying = BigInt(replayed);
    this.#quiet = replay === 'quiet' && replayed > 0 ? new QuietReplay() : undefined;
    channel.ref();
    // Nothing that the channel leads to has this stream, until somebody reads it.
    dropped.register(this, channel, this);
  }

  /**
   * Sets the size of the terminal: TIOCSWINSZ, and SIGWINCH for its foreground process group.
   *
   * @throws TslxcError INVALID_ARG for what is no size.
   */
  resize(size: WindowSize): void {
    const { rows, columns } = size;
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
    dropped.unregister(this);
    this.#channel.close();
    this.#resume?.();
    done(error);
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#unread.next();
        if (message === undefined || this.destroyed) break;
        if (!this.#deliver(message)) {
          await new Promise<void>((resolve) => {
            this.#resume = resolve;
          });
        }
      }
      this.push(null);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** False when the reader has enough for now. */
  #deliver(message: Message): boolean {
    if (message.message === 'skipped') {
      this.skipped += message.bytes;
      // The end of an incomplete sequence may be among the skipped bytes.
      this.#quiet?.takeRest();
      this.#passReplay(message.bytes);
      this.emit('skipped', message.bytes);
    }
    if (message.message !== 'output') return true;
    return this.push(this.#quiet === undefined ? message.bytes : this.#quieted(message.bytes));
  }

  /** Filters the part that belongs to the replay; output since then passes unchanged. */
  #quieted(bytes: Uint8Array): Buffer {
    const old = bytes.subarray(0, Number(this.#replaying));
    const quiet = this.#quiet?.take(old) ?? old;
    const rest = this.#passReplay(BigInt(old.length));
    return Buffer.concat([quiet, rest, bytes.subarray(old.length)]);
  }

  /** Counts off bytes of the replay. At its end, returns the sequence that it has left incomplete. */
  #passReplay(count: bigint): Buffer {
    this.#replaying -= count;
    if (this.#replaying > 0n) return Buffer.alloc(0);
    const rest = this.#quiet?.takeRest() ?? Buffer.alloc(0);
    this.#quiet = undefined;
    return rest;
  }
}

checkCalls('ConsoleStream', ConsoleStream.prototype, {
  ...(consoleCalls satisfies CallsOf<ConsoleStream, keyof Duplex>),
  // Node calls them.
  _read: 'by itself',
  _write: 'by itself',
  _destroy: 'by itself',
});
