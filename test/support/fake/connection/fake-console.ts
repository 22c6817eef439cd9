/** A console that gives back what is written to it. For the tests of lib/cli. */
import { PassThrough } from 'node:stream';

export class FakeConsole extends PassThrough {
  readonly dropped: bigint;
  readonly replayed = 0;
  readonly skipped = 0n;
  readonly sizes: unknown[] = [];

  constructor(dropped = 0n) {
    super();
    this.dropped = dropped;
  }

  resize(size: unknown): void {
    this.sizes.push(size);
  }
}
