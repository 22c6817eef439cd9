/** What a client sends: pairs each frame with the descriptors that came with it, and keeps the messages that cannot begin yet. */
import { ProtocolError } from '../../errors';
import { FrameReader } from './frame-reader';
import { isCall } from './message';

/** A received message. */
export interface Incoming {
  /** Without its length. */
  readonly frame: Buffer;
  /** To be closed by the owner of the message. */
  readonly descriptors: readonly number[];
}

/** Closes received descriptors. */
export type CloseDescriptors = (descriptors: readonly number[]) => void;

export class IncomingMessages {
  readonly #frames = new FrameReader();
  readonly #longest: () => number;
  readonly #closeDescriptors: CloseDescriptors;
  /** Received descriptors whose message is not complete yet. */
  #held: number[] = [];

  /** @param longest - bytes that a frame may have by now, without its length */
  constructor(longest: () => number, closeDescriptors: CloseDescriptors) {
    this.#longest = longest;
    this.#closeDescriptors = closeDescriptors;
  }

  /** Bytes that are kept of a message that is not complete. */
  get pending(): number {
    return this.#frames.pending;
  }

  /** The header of that message, once it has come. */
  get begun(): Buffer | undefined {
    return this.#frames.begun;
  }

  /**
   * The messages that are complete with these bytes.
   *
   * @param descriptors - received with the last of the bytes
   * @throws ProtocolError when nothing that follows can be understood: nothing is kept then, and every descriptor has been
   * closed.
   */
  take(bytes: Buffer, descriptors: readonly number[]): Incoming[] {
    this.#held.push(...descriptors);
    const messages: Incoming[] = [];
    const longest = this.#longest();
    try {
      for (const { bytes: frame, descriptors: count } of this.#frames.take(bytes, longest)) {
        messages.push({ frame, descriptors: this.#brought(count) });
      }
      if (this.#held.length > this.#frames.awaited) {
        throw new ProtocolError('a descriptor that belongs to no message');
      }
      return messages;
    } catch (error) {
      for (const message of messages) this.#closeDescriptors(message.descriptors);
      this.close();
      throw error;
    }
  }

  /** No more will come: closes the descriptors of an incomplete message. */
  close(): void {
    this.#closeDescriptors(this.#held);
    this.#held = [];
  }

  #brought(count: number): readonly number[] {
    if (count === 0) return noDescriptors;
    if (count <= this.#held.length) return this.#held.splice(0, count);
    const here = this.#held.length;
    throw new ProtocolError(`a message arrived with ${here} of its ${count} descriptors`);
  }
}

const noDescriptors: readonly number[] = [];

/** Messages that have not begun. Calls wait for calls, their client's or its user's; what is no call waits for none of them. */
export class WaitingMessages {
  readonly #calls: Incoming[] = [];
  readonly #others: Incoming[] = [];
  #bytes = 0;

  get count(): number {
    return this.#calls.length + this.#others.length;
  }

  get calls(): number {
    return this.#calls.length;
  }

  /** Those of the calls. */
  get bytes(): number {
    return this.#bytes;
  }

  add(message: Incoming): void {
    if (isCall(message.frame)) {
      this.#calls.push(message);
      this.#bytes += message.frame.length;
    } else this.#others.push(message);
  }

  takeCall(): Incoming | undefined {
    const call = this.#calls.shift();
    this.#bytes -= call?.frame.length ?? 0;
    return call;
  }

  /** The next one that is no call. */
  takeOther(): Incoming | undefined {
    return this.#others.shift();
  }

  /** All of them. */
  takeAll(): Incoming[] {
    this.#bytes = 0;
    return [...this.#calls.splice(0), ...this.#others.splice(0)];
  }
}
