/** Writes XDR values (RFC 4506), one after the other, into a buffer that grows as needed. Knows nothing of messages. */

const unit = 4;

// `#add` may replace `#bytes`, so it is always called before `#bytes` is evaluated.
export class XdrWriter {
  #bytes: Buffer;
  #length = 0;

  /** @param capacity - bytes to begin with */
  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  int(value: number): void {
    const at = this.#add(unit);
    this.#bytes.writeInt32BE(value, at);
  }

  uint(value: number): void {
    const at = this.#add(unit);
    this.#bytes.writeUInt32BE(value, at);
  }

  hyper(value: bigint): void {
    const at = this.#add(2 * unit);
    this.#bytes.writeBigInt64BE(value, at);
  }

  unsignedHyper(value: bigint): void {
    const at = this.#add(2 * unit);
    this.#bytes.writeBigUInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#add(2 * unit);
    this.#bytes.writeDoubleBE(value, at);
  }

  /** The length of the text in UTF-8, the text, and the padding. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.uint(length);
    const at = this.#addPadded(length);
    this.#bytes.write(value, at, length, 'utf8');
  }

  /** The bytes and the padding, without their length. */
  bytes(value: Uint8Array): void {
    const at = this.#addPadded(value.length);
    this.#bytes.set(value, at);
  }

  /** Writes over an earlier word. */
  uintAt(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value, at);
  }

  get length(): number {
    return this.#length;
  }

  /** What has been written. It shares memory with this writer, to which nothing more may be written. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #addPadded(length: number): number {
    const padded = Math.ceil(length / unit) * unit;
    const from = this.#add(padded);
    this.#bytes.fill(0, from + length, from + padded);
    return from;
  }

  /** Makes room for `count` more bytes; returns where they begin. */
  #add(count: number): number {
    const from = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, from);
      this.#bytes = larger;
    }
    return from;
  }
}
