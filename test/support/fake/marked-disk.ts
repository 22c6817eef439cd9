/** A block device of the host's own with a text on it, to find out who can read it: loop(4). Gone at the end. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const beginning = '/var/tmp/tslxc-disk-';

/**
 * Undefined for the tests of the lane that compares the host's loop devices: all lanes make theirs in the one set that there
 * is, so a disk's file says whose it is.
 */
const lane = process.env['TSLXC_TEST_LANE'];

/** Whether the file below a loop device is in a `diskFolder` of another lane, whose tests come and go beside this one's. */
export function isOfAnotherLane(file: string): boolean {
  return file.startsWith(beginning) && !file.startsWith(beginningOf(lane));
}

function beginningOf(name = 'host'): string {
  return `${beginning}${name}-`;
}

/** Makes a folder for the files below loop devices. All of a lane that does not compare them are in such a one. */
export function diskFolder(ofLane = lane): string {
  return mkdtempSync(beginningOf(ofLane));
}

export class MarkedDisk implements Disposable {
  /** What stands at its beginning. */
  static readonly marker = 'tslxc-marker';
  /** `/dev/loopN` */
  readonly path: string;
  readonly #folder: string;

  constructor(ofLane = lane) {
    this.#folder = diskFolder(ofLane);
    const image = join(this.#folder, 'image');
    writeFileSync(image, MarkedDisk.marker.padEnd(1024 * 1024, '\0'));
    this.path = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  }

  /** Its device number, for mknod(1). */
  get numbers(): { readonly major: number; readonly minor: number } {
    const { rdev } = statSync(this.path);
    return { major: (rdev >>> 8) & 0xfff, minor: rdev & 0xff };
  }

  /** What stands there now. */
  get content(): string {
    execFileSync('blockdev', ['--flushbufs', this.path]);
    const bytes = readFileSync(this.path);
    return bytes.toString('latin1', 0, bytes.indexOf(0));
  }

  [Symbol.dispose](): void {
    execFileSync('losetup', ['--detach', this.path]);
    rmSync(this.#folder, { recursive: true });
  }
}
