/**
 * What the entries of a layer say of files, so that what umoci has unpacked can be compared with it: whatever it has read that the
 * check has not, is found before anything sees it. A fact is four bytes of a digest, since a layer may have millions of files: in one of
 * a hundred thousand, an untold file goes unnoticed with a chance of one in twenty thousand. Pure.
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

const factsOfBlock = 64 * 1024;

export class ToldFiles {
  /** Unknown to who makes an image, who could otherwise make two facts look the same. */
  readonly #secret = randomBytes(16);
  /** The last one is not full. */
  #blocks: Uint32Array[] = [];
  #count = 0;
  /** All of them in order, once one is asked for. */
  #sorted: Uint32Array | undefined;

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
    return hash.digest().readUInt32BE(0);
  }

  #note(fact: number): void {
    const at = this.#count % factsOfBlock;
    if (at === 0) this.#blocks.push(new Uint32Array(factsOfBlock));
    const last = this.#blocks.at(-1);
    if (last !== undefined) last[at] = fact;
    this.#count += 1;
  }

  #has(fact: number): boolean {
    const facts = (this.#sorted ??= this.#sort());
    let [from, to] = [0, facts.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((facts[middle] ?? 0) < fact) from = middle + 1;
      else to = middle;
    }
    return facts[from] === fact;
  }

  /** Block by block, so that there are never two of all. Nothing may be added afterwards. */
  #sort(): Uint32Array {
    const all = new Uint32Array(this.#count);
    for (let at = 0; at < this.#count; at += factsOfBlock) {
      const block = this.#blocks.shift() ?? new Uint32Array();
      all.set(block.subarray(0, this.#count - at), at);
    }
    return all.sort();
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
