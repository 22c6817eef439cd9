/**
 * Reads XDR values (RFC 4506) from untrusted bytes: each length is checked against the remaining bytes before anything is
 * allocated for it. Knows nothing of messages.
 */
import { isUtf8 } from 'node:buffer';
import { ProtocolError } from '../../errors';

/** What Node.js decodes invalid UTF-8 to. */
const replacement = '\ufffd';

/** Every XDR value is a multiple of this many bytes long. */
const unit = 4;

export class XdrReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#take(unit));
  }

  uint(): number {
    return this.#bytes.readUInt32BE(this.#take(unit));
  }

  hyper(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(2 * unit));
  }

  unsignedHyper(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(2 * unit));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(2 * unit));
  }

  /** Whether an optional value follows. */
  flag(): boolean {
    const word = this.uint();
    if (word > 1) throw new ProtocolError(`a boolean is 0 or 1, and not ${word}`);
    return word === 1;
  }

  /** The length of what follows, at most `most`, each element of which takes at least `each` bytes. */
  length(most: number, each: number): number {
    const length = this.uint();
    if (length > most) throw new ProtocolError(`a length of ${length} is more than ${most}`);
    if (length * each > this.#rest()) throw new ProtocolError(`a length of ${length} ends nowhere`);
    return length;
  }

  /** Reads `length` bytes and their padding. The result shares memory with the message. */
  bytes(length: number): Buffer {
    const from = this.#takePadded(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Reads UTF-8 text of `length` bytes. A NUL is refused: in C the text would end there. */
  text(length: number): string {
    const from = this.#takePadded(length);
    const text = this.#bytes.toString('utf8', from, from + length);
    if (text.includes('\0')) throw new ProtocolError('a text has a NUL in it');
    // It stands for invalid bytes, unless the client has really sent this character.
    if (text.includes(replacement) && !isUtf8(this.#bytes.subarray(from, from + length))) {
      throw new ProtocolError('a text is not in UTF-8');
    }
    return text;
  }

  /** @throws ProtocolError when there is something left. */
  end(): void {
    if (this.#rest() > 0) throw new ProtocolError(`${this.#rest()} bytes are left over`);
  }

  /** Consumes `length` bytes and their padding; returns where they begin. */
  #takePadded(length: number): number {
    const padding = (unit - (length % unit)) % unit;
    const from = this.#take(length + padding);
    for (let at = this.#at - padding; at < this.#at; at += 1) {
      if (this.#bytes[at] !== 0) throw new ProtocolError('the padding is not zero');
    }
    return from;
  }

  #rest(): number {
    return this.#bytes.length - this.#at;
  }

  /** Consumes `count` bytes; returns where they begin. */
  #take(count: number): number {
    if (count > this.#rest()) throw new ProtocolError('the message ends in the midst of a value');
    const from = this.#at;
    this.#at += count;
    return from;
  }
}
