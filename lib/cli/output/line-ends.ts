/** The output of a terminal as a file has it: a terminal ends its lines by two characters, a file by one. */
import { Transform, type TransformCallback } from 'node:stream';

const CR = 0x0d;

/** A reader may be so many bytes behind before a container's console leaves out what it writes. */
const kept = 64 * 1024 * 1024;

export class LineEnds extends Transform {
  /** What came last may be the first of the two. */
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
