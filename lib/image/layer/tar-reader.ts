/**
 * Reads the headers of a tar archive as its bytes arrive, including the names that pax and GNU put into entries of their own. The
 * content of files is skipped.
 */
import {
  blockSize,
  paddedSize,
  parsePaxRecords,
  parseTarHeader,
  type TarHeader,
} from './tar-header';

/** An entry of the archive, as the program that unpacks it understands it. */
export interface TarEntry extends TarHeader {
  /** The keys of its pax records, such as `SCHILY.xattr.user.x`. */
  readonly paxKeys: readonly string[];
}

/** Bytes of all names and pax records ahead of one entry: no path is longer, and the memory for them is bounded. */
const longestExtension = 1024 * 1024;

/** What is known about the next entry before its own header. */
interface Ahead {
  name?: string;
  linkName?: string;
  size?: number;
  keys: string[];
  /** Of the extensions that say so. */
  bytes: number;
}

const nothingAhead = (): Ahead => ({ keys: [], bytes: 0 });

export class TarReader {
  readonly #onEntry: (entry: TarEntry) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes of a file's content that are still to be skipped. */
  #skip = 0;
  /** The extension header whose data is being read. */
  #extension: TarHeader | undefined;
  #ahead = nothingAhead();
  #zeros = 0;

  /** `onEntry` may throw, which ends the reading. */
  constructor(onEntry: (entry: TarEntry) => void) {
    this.#onEntry = onEntry;
  }

  /** @throws RangeError if it is not an archive; what `onEntry` throws. */
  write(chunk: Buffer): void {
    let rest = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      rest = rest.subarray(skipped);
    }
    if (rest.length === 0) return;
    this.#waiting.push(rest);
    this.#waitingBytes += rest.length;
    if (this.#waitingBytes < this.#wanted()) return;
    this.#consume(this.#waiting.length === 1 ? rest : Buffer.concat(this.#waiting));
  }

  /** @throws RangeError when the archive has not ended. */
  end(): void {
    const isWhole = this.#skip === 0 && this.#extension === undefined && this.#waitingBytes === 0;
    if (!isWhole) throw new RangeError('it ends in the middle of an entry');
  }

  #wanted(): number {
    return this.#extension === undefined ? blockSize : paddedSize(this.#extension.size);
  }

  #consume(bytes: Buffer): void {
    let rest = bytes;
    for (;;) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      rest = rest.subarray(skipped);
      const wanted = this.#wanted();
      if (rest.length < wanted || rest.length === 0) break;
      this.#take(rest.subarray(0, wanted));
      rest = rest.subarray(wanted);
    }
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#waitingBytes = rest.length;
  }

  #take(bytes: Buffer): void {
    const extension = this.#extension;
    if (extension !== undefined) {
      this.#extension = undefined;
      this.#extend(extension.type, bytes.subarray(0, extension.size));
      return;
    }
    const header = parseTarHeader(bytes);
    if (header === undefined) {
      this.#zeros += 1;
      return;
    }
    // Some programs stop here, and others read on: an entry that only some would see is refused.
    if (this.#zeros > 0) throw new RangeError('entries follow its end');
    if ('LKxg'.includes(header.type)) {
      this.#ahead.bytes += header.size;
      if (this.#ahead.bytes > longestExtension) throw new RangeError('a name is too long');
      if (header.size > 0) this.#extension = header;
      return;
    }
    this.#report(header);
  }

  #extend(type: string, data: Buffer): void {
    const text = (): string => data.toString('utf8').replace(/\0.*$/s, '');
    if (type === 'L') this.#ahead.name = text();
    else if (type === 'K') this.#ahead.linkName = text();
    else this.#extendByPax(type, parsePaxRecords(data));
  }

  #extendByPax(type: string, records: ReadonlyMap<string, string>): void {
    // Records of type `g` apply to all entries that follow. No layer needs them; only a comment by git is known.
    if (type === 'g' && [...records.keys()].some((key) => key !== 'comment')) {
      throw new RangeError('it has global pax records');
    }
    const name = records.get('path');
    const linkName = records.get('linkpath');
    const size = records.get('size');
    if (name !== undefined) this.#ahead.name = name;
    if (linkName !== undefined) this.#ahead.linkName = linkName;
    if (size !== undefined) {
      if (!/^\d{1,15}$/.test(size)) throw new RangeError('a size is malformed');
      this.#ahead.size = Number(size);
    }
    this.#ahead.keys.push(...records.keys());
  }

  #report(header: TarHeader): void {
    const { name = header.name, linkName = header.linkName, keys } = this.#ahead;
    const size = this.#ahead.size ?? header.size;
    this.#ahead = nothingAhead();
    // Links, devices and directories have no data, whatever the field says.
    this.#skip = '12346'.includes(header.type) || header.type === '5' ? 0 : paddedSize(size);
    this.#onEntry({ ...header, name, linkName, size, paxKeys: keys });
  }
}
