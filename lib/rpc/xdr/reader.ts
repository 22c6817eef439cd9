/**
 * Reads XDR values (RFC 4506) from untrusted bytes: each length is checked against the remaining bytes before anything is
 * allocated for it. Otherwise as lenient as libtirpc, by which libvirt reads: any word but 0 is true, the bytes of the padding mean
 * nothing, a text ends at its first NUL, and what follows the last value is not looked at. Knows nothing of messages.
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

  /** Whether an optional value follows. Some clients, such as go-libvirt, write the 1 in the wrong byte order. */
  flag(): boolean {
    return this.uint() !== 0;
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

  /** Reads UTF-8 text of `length` bytes, or up to a NUL: to a program in C it ends there. */
  text(length: number): string {
    const from = this.#takePadded(length);
    const text = this.#bytes.toString('utf8', from, from + length);
    const nul = text.indexOf('\0');
    if (nul >= 0) return this.#checked(text.slice(0, nul), from, this.#bytes.indexOf(0, from));
    return this.#checked(text, from, from + length);
  }

  #checked(text: string, from: number, to: number): string {
    // It stands for invalid bytes, unless the client has really sent this character.
    if (text.includes(replacement) && !isUtf8(this.#bytes.subarray(from, to))) {
      throw new ProtocolError('a text is not in UTF-8');
    }
    return text;
  }

  /** Consumes `length` bytes and their padding; returns where they begin. */
  #takePadded(length: number): number {
    return this.#take(Math.ceil(length / unit) * unit);
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
