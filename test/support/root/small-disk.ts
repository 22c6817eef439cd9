/** A small disk over a test root, that can be full. In a mount namespace of the tests' own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ENOSPC = 'ENOSPC';

export class SmallDisk implements Disposable {
  readonly path: string;
  readonly #filling: string;

  private constructor(path: string) {
    this.path = path;
    this.#filling = join(path, 'filling');
  }

  static mount(path: string): SmallDisk {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=200', 'small', path]);
    return new SmallDisk(path);
  }

  /** Until not one byte, and not one file, finds room. */
  fill(): void {
    mkdirSync(this.#filling);
    const block = Buffer.alloc(4096);
    untilFull(() => writeFileSync(join(this.#filling, 'bytes'), block, { flag: 'a' }));
    let count = 0;
    untilFull(() => writeFileSync(join(this.#filling, String((count += 1))), ''));
  }

  empty(): void {
    rmSync(this.#filling, { recursive: true });
  }

  readOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.path]);
  }

  /** Monitors that are about to exit may have it open still. */
  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.path]);
  }
}

function untilFull(write: () => void): void {
  for (;;) {
    try {
      write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== ENOSPC) throw error;
      return;
    }
  }
}
