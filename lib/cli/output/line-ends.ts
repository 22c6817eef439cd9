/** Converts line ends of a terminal (CR LF) to those of a file (LF). */
import { Transform, type TransformCallback } from 'node:stream';

const CR = 0x0d;

/** The bytes by which a reader may fall behind before the console discards output of the container. */
const kept = 64 * 1024 * 1024;

export class LineEnds extends Transform {
  /** A final CR, which may be the first character of a line end. */
  #held: Buffer = Buffer.alloc(0);

  constructor() {
    super({ readableHighWaterMark: kept });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const all = Buffer.concat([this.#held, chunk]);
    const isOpen = all.at(-1) === CR;
    this.#held = all.subarray(isOpen ? all.length - 1 : all.length);
    const text = all.toString('latin1', 0, all.length - this.#held.length);
    done(null, Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#held);
  }
}
