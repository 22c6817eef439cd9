/**
 * What the entries of a layer say of files, so that what umoci has unpacked can be compared with it: whatever it has read that the
 * check has not, is found before anything sees it. Eight bytes for a fact, since a layer may have millions of files. Pure.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { TarEntry } from './tar-reader';

/** A file as it lies somewhere; no directory. */
export interface Inode {
  readonly type: string;
  /** Without the bits of its type. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** 0 unless it is regular. */
  readonly size: number;
  /** As makedev(3) puts it together; 0 unless it is a device. */
  readonly device: number;
}

export class ToldFiles {
  /** Unknown to who makes an image, who could otherwise make two facts look the same. */
  readonly #secret = randomBytes(16);
  #facts = new Float64Array(1024);
  #count = 0;
  #isSorted = false;

  /** `base`: the last part of its name. */
  add(base: string, entry: TarEntry): void {
    if (entry.type === '5') return;
    if (entry.type === '1') this.#note(this.#link(base));
    else {
      const inode = inodeOf(entry);
      this.#note(this.#file(base, inode));
      this.#note(this.#inode(inode));
    }
  }

  /** Whether an entry says that there is such a file of that name. */
  hasFile(base: string, inode: Inode): boolean {
    return this.#has(this.#file(base, inode));
  }

  /** Whether a hard link has that name. */
  hasLink(base: string): boolean {
    return this.#has(this.#link(base));
  }

  /** Whether there is such a file, of whatever name. */
  hasInode(inode: Inode): boolean {
    return this.#has(this.#inode(inode));
  }

  readonly #link = (base: string): number => this.#digest(['link', base]);
  readonly #inode = (inode: Inode): number => this.#digest(['inode', wordsOf(inode)]);
  readonly #file = (base: string, inode: Inode): number =>
    this.#digest(['file', base, wordsOf(inode)]);

  #digest(words: readonly string[]): number {
    const hash = createHash('sha256').update(this.#secret).update(words.join('\0'), 'latin1');
    return hash.digest().readUIntBE(0, 6);
  }

  #note(fact: number): void {
    if (this.#count === this.#facts.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#facts);
      this.#facts = longer;
    }
    this.#facts[this.#count] = fact;
    this.#count += 1;
    this.#isSorted = false;
  }

  #has(fact: number): boolean {
    if (!this.#isSorted) {
      this.#facts = this.#facts.slice(0, this.#count).sort();
      this.#isSorted = true;
    }
    let [from, to] = [0, this.#count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#facts[middle] ?? 0) < fact) from = middle + 1;
      else to = middle;
    }
    return from < this.#count && this.#facts[from] === fact;
  }
}

function inodeOf({ type, mode, uid, gid, size, device }: TarEntry): Inode {
  const isDevice = type === '3' || type === '4';
  return {
    type,
    // A symbolic link has no mode of its own.
    mode: type === '2' ? 0o777 : mode & 0o7777,
    uid,
    gid,
    size: type === '0' ? size : 0,
    device: isDevice ? madeDevice(device) : 0,
  };
}

function wordsOf({ type, mode, uid, gid, size, device }: Inode): string {
  return [type, mode, uid, gid, size, device].join(' ');
}

/** makedev(3), for as many bits as the kernel uses. */
const madeDevice = ([major, minor]: TarEntry['device']): number =>
  major * 0x100 + (minor & 0xff) + (minor >> 8) * 0x100000;
