/**
 * The frames in what a client sends: a length, and as many bytes. Of a frame that is too long, or too short for a header, nothing
 * is kept, and there is never more of an unfinished one than its length.
 */
import { ProtocolError } from '../../errors';
import { headerSize, lengthSize, messageTypes, mostDescriptors } from '../protocol/numbers';

export class FrameReader {
  /** What has come of the frame that is not complete yet. */
  #pieces: Buffer[] = [];
  #have = 0;
  /** What is needed to go on: the length of the next frame, or all of it. */
  #need = lengthSize;
  /** Bytes before the next frame that bring a descriptor each; Node.js takes none, and the kernel closes them. */
  #skip = 0;

  /** Bytes that are kept of an unfinished frame. */
  get pending(): number {
    return this.#have;
  }

  /**
   * The frames that are complete with these bytes, without their lengths; they share memory with each other.
   *
   * @param most - bytes that a frame may have without its length
   * @throws ProtocolError for a length that no frame has: the rest of what comes means nothing then.
   */
  take(bytes: Buffer, most: number): Buffer[] {
    const skipped = Math.min(this.#skip, bytes.length);
    this.#skip -= skipped;
    return this.#add(bytes.subarray(skipped), most);
  }

  #add(bytes: Buffer, most: number): Buffer[] {
    this.#pieces.push(bytes);
    this.#have += bytes.length;
    if (this.#have < this.#need) return [];
    // The pieces of a long frame are put together once.
    const all = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces);
    const frames: Buffer[] = [];
    let at = 0;
    for (;;) {
      this.#need = lengthSize;
      if (all.length - at < lengthSize) break;
      this.#need = checkedLength(all.readUInt32BE(at), most);
      if (all.length - at < this.#need) break;
      const frame = all.subarray(at + lengthSize, at + this.#need);
      frames.push(frame);
      at += this.#need;
      const descriptors = descriptorsAfter(frame);
      const there = Math.min(descriptors, all.length - at);
      this.#skip = descriptors - there;
      at += there;
    }
    // A copy: a few bytes do not keep all that has come with them.
    const rest = Buffer.from(all.subarray(at));
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#have = rest.length;
    return frames;
  }
}

/** Where the type of a message stands in its frame, and after the header the number of descriptors, where it brings some. */
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
