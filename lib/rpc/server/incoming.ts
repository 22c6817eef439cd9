/** What a client sends: frames, each with the descriptors that it brings. */
import { ProtocolError } from '../../errors';
import { FrameReader } from './frame-reader';

/** A message as it has come. */
export interface Incoming {
  /** Without its length. */
  readonly frame: Buffer;
  /** To be closed by whoever has it. */
  readonly descriptors: readonly number[];
}

/** Closes descriptors that have come. */
export type CloseDescriptors = (descriptors: readonly number[]) => void;

export class IncomingMessages {
  readonly #frames = new FrameReader();
  readonly #longest: number;
  readonly #closeDescriptors: CloseDescriptors;
  /** Those of a message that has not come whole. */
  #held: number[] = [];

  /** @param longest - bytes that a frame may have without its length */
  constructor(longest: number, closeDescriptors: CloseDescriptors) {
    this.#longest = longest;
    this.#closeDescriptors = closeDescriptors;
  }

  /**
   * The messages that are complete with these bytes.
   *
   * @param descriptors - that have come with the last of the bytes
   * @throws ProtocolError when the rest of what comes means nothing: nothing of it is kept then, and no descriptor is open.
   */
  take(bytes: Buffer, descriptors: readonly number[]): Incoming[] {
    this.#held.push(...descriptors);
    const messages: Incoming[] = [];
    try {
      for (const { bytes: frame, descriptors: count } of this.#frames.take(bytes, this.#longest)) {
        messages.push({ frame, descriptors: this.#brought(count) });
      }
      if (this.#held.length > this.#frames.awaited) {
        throw new ProtocolError('a descriptor that no message brings');
      }
      return messages;
    } catch (error) {
      for (const message of messages) this.#closeDescriptors(message.descriptors);
      this.close();
      throw error;
    }
  }

  /** Nothing more comes. */
  close(): void {
    this.#closeDescriptors(this.#held);
    this.#held = [];
  }

  #brought(count: number): readonly number[] {
    if (count === 0) return noDescriptors;
    if (count <= this.#held.length) return this.#held.splice(0, count);
    throw new ProtocolError(`a message with ${this.#held.length} of its ${count} descriptors`);
  }
}

const noDescriptors: readonly number[] = [];
