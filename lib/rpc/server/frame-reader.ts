/**
 * Splits what a client sends into frames: a length, which counts itself, and the bytes after it. Nothing is kept of a frame that
 * is too long, or too short for a header, and never more of an unfinished frame than its length.
 */
import { ProtocolError } from '../../errors';
import { headerSize, lengthSize, messageTypes, mostDescriptors } from '../protocol/numbers';

/** A frame without its length. */
export interface Frame {
  readonly bytes: Buffer;
  /** Number of descriptors that came with it, each sent with one byte after the frame. */
  readonly descriptors: number;
}

export class FrameReader {
  /** What has come of the frame that is not complete yet. */
  #pieces: Buffer[] = [];
  #have = 0;
  /** Bytes needed to go on: those of the next frame's length, then all of that frame. */
  #need = lengthSize;
  /** A frame whose descriptors have not all come, and how many are missing. */
  #unfinished: Frame | undefined;
  #missing = 0;

  /** Bytes that are kept of an unfinished frame. */
  get pending(): number {
    return this.#have;
  }

  /** The header of the unfinished frame, once it has come. */
  get begun(): Buffer | undefined {
    if (this.#have < lengthSize + headerSize) return undefined;
    return Buffer.concat(this.#pieces).subarray(lengthSize, lengthSize + headerSize);
  }

  /** Number of descriptors of the unfinished frame, or 0: up to this many may already have been received for it. */
  get awaited(): number {
    return this.#unfinished?.descriptors ?? 0;
  }

  /**
   * The frames that are complete with these bytes; they share memory with each other.
   *
   * @param most - bytes that a frame may have without its length
   * @throws ProtocolError for an invalid length, or too many descriptors: nothing that follows can be understood.
   */
  take(bytes: Buffer, most: number): Frame[] {
    const frames: Frame[] = [];
    const all = this.#joined(bytes.subarray(this.#pass(bytes.length, frames)));
    if (all.length < this.#need) return frames;
    let at = 0;
    for (;;) {
      this.#need = lengthSize;
      if (all.length - at < lengthSize) break;
      this.#need = checkedLength(all.readUInt32BE(at), most);
      if (all.length - at < this.#need) break;
      const frame = all.subarray(at + lengthSize, at + this.#need);
      this.#missing = descriptorsAfter(frame);
      this.#unfinished = { bytes: frame, descriptors: this.#missing };
      at += this.#need;
      at += this.#pass(all.length - at, frames);
    }
    // A copy, so that a few bytes do not keep the whole received buffer in memory.
    const rest = Buffer.from(all.subarray(at));
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#have = rest.length;
    return frames;
  }

  /** Everything received so far, once it is enough to go on; until then it is kept, and the result is empty. */
  #joined(bytes: Buffer): Buffer {
    if (bytes.length > 0) this.#keep(bytes);
    this.#have += bytes.length;
    if (this.#have < this.#need) return nothing;
    // The pieces of a long frame are put together once.
    const [only = nothing] = this.#pieces;
    return this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces);
  }

  /** Keeps each piece longer than the next, so that there are few pieces, however small the chunks are in which a frame arrives. */
  #keep(bytes: Buffer): void {
    let piece = bytes;
    for (;;) {
      const last = this.#pieces.at(-1);
      if (last === undefined || last.length > piece.length) break;
      this.#pieces.pop();
      piece = Buffer.concat([last, piece]);
    }
    this.#pieces.push(piece);
  }

  /** How many of the next `available` bytes carry descriptors. The last of them completes the frame. */
  #pass(available: number, frames: Frame[]): number {
    const passed = Math.min(this.#missing, available);
    this.#missing -= passed;
    if (this.#missing === 0 && this.#unfinished !== undefined) {
      frames.push(this.#unfinished);
      this.#unfinished = undefined;
    }
    return passed;
  }
}

const nothing = Buffer.alloc(0);

/** Offset of the message type in a frame. If a message brings descriptors, their number follows the header. */
const typeAt = 12;

function descriptorsAfter(frame: Buffer): number {
  const brings = [messageTypes.callWithDescriptors, messageTypes.replyWithDescriptors];
  if (!brings.some((type) => type === frame.readUInt32BE(typeAt))) return 0;
  const count = frame.length < headerSize + lengthSize ? 0 : frame.readUInt32BE(headerSize);
  if (count <= mostDescriptors) return count;
  throw new ProtocolError(`a message with ${count} descriptors, more than ${mostDescriptors}`);
}

function checkedLength(length: number, most: number): number {
  if (length < lengthSize + headerSize) {
    throw new ProtocolError(`a frame of ${length} bytes has no room for a header`);
  }
  if (length - lengthSize > most) {
    throw new ProtocolError(`a frame of ${length} bytes is longer than ${most}`);
  }
  return length;
}
