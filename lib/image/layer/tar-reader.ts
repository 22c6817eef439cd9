/**
 * Reads the headers of a tar archive as its bytes arrive, including the names that pax and GNU put into entries of their own. The
 * content of files is skipped. Each entry means the same to every program: what Go's archive/tar, by which umoci unpacks, or GNU tar
 * would take for something else is refused (`npm run fuzz -- layers` compares them).
 */
import { parsePaxRecords, type PaxRecords } from './pax-records';
import { blockSize, paddedSize, parseTarHeader, type TarHeader } from './tar-header';

/** An entry of the archive, as the program that unpacks it understands it. */
export interface TarEntry extends TarHeader {
  readonly isSparse: boolean;
}

/** Bytes of a name, or of all pax records, of one entry: as much as Go takes. */
const longestExtension = 1024 * 1024;

/** What is known about the next entry before its own header. */
interface Ahead {
  /** By an entry of the kind L. */
  name?: string;
  /** By one of the kind K. */
  linkName?: string;
  pax?: PaxRecords;
}

/** The bits of a file's type in a mode, as mknod(2) has them; a hard link's are those of what it leads to. */
const typeBits: Readonly<Record<string, number>> = {
  '0': 0o100000,
  '2': 0o120000,
  '3': 0o020000,
  '4': 0o060000,
  '5': 0o040000,
  '6': 0o010000,
};

/** chown(2) takes the last one for none. */
const lastId = 0xfffffffe;
/** The kernel's numbers of devices have 12 and 20 bits. */
const [lastMajor, lastMinor] = [0xfff, 0xfffff];

export class TarReader {
  readonly #onEntry: (entry: TarEntry) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes of a file's content, and of the padding behind it, that are still to be skipped. */
  #skip = 0;
  /** How many of them are padding. */
  #padding = 0;
  /** The extension header whose data is being read. */
  #extension: TarHeader | undefined;
  #ahead: Ahead = {};
  #zeros = 0;

  /** `onEntry` may throw, which ends the reading. */
  constructor(onEntry: (entry: TarEntry) => void) {
    this.#onEntry = onEntry;
  }

  /** @throws RangeError if it is not an archive, or is ambiguous; what `onEntry` throws. */
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

  /**
   * The archive may end without blocks of zeros, and right behind the content of its last file, as umoci itself writes them.
   *
   * @throws RangeError when the archive has not ended.
   */
  end(): void {
    const isWhole = this.#skip <= this.#padding && this.#extension === undefined;
    if (!isWhole || !this.#isRestEmpty()) throw new RangeError('it ends in the middle of an entry');
    this.#refuseAhead();
  }

  /** Behind the end, a program may have filled up less than a block. */
  #isRestEmpty(): boolean {
    if (this.#waitingBytes === 0) return true;
    return this.#zeros > 1 && this.#waiting.every((bytes) => bytes.every((byte) => byte === 0));
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
      this.#refuseAhead();
      this.#zeros += 1;
      return;
    }
    // Some programs stop here, and others read on: an entry that only some would see is refused.
    if (this.#zeros > 0) throw new RangeError('entries follow its end');
    if ('LKxg'.includes(header.type)) this.#begin(header);
    else this.#report(header);
  }

  /** An extension. Of two that say the same of one entry, Go takes the last, or GNU's, and others merge them. */
  #begin(header: TarHeader): void {
    const { type, size } = header;
    // They apply to all entries that follow, and umoci takes them for an entry. No layer needs them.
    if (type === 'g') throw new RangeError('it has global pax records');
    const { name, linkName, pax } = this.#ahead;
    const before = type === 'x' ? pax : type === 'L' ? name : linkName;
    if (before !== undefined)
      throw new RangeError(`an entry has two headers of the kind ${type} before it`);
    const isMixed = type === 'x' ? (name ?? linkName) !== undefined : pax !== undefined;
    if (isMixed) throw new RangeError('an entry has headers of pax and of GNU before it');
    if (size > longestExtension) throw new RangeError('a name is too long');
    if (size > 0) this.#extension = header;
    else this.#extend(type, Buffer.alloc(0));
  }

  #extend(type: string, data: Buffer): void {
    if (type === 'x') {
      this.#ahead.pax = parsePaxRecords(data);
      return;
    }
    const end = data.indexOf(0);
    // GNU tar would read on.
    if (data.length > 0 && end < 0) throw new RangeError('a name has no end');
    const name = data.toString('latin1', 0, end);
    if (name === '') throw new RangeError('a name is empty');
    if (type === 'L') this.#ahead.name = name;
    else this.#ahead.linkName = name;
  }

  #refuseAhead(): void {
    if (Object.keys(this.#ahead).length > 0)
      throw new RangeError('a header has no entry behind it');
  }

  #report(header: TarHeader): void {
    const { pax = { isSparse: false }, ...gnu } = this.#ahead;
    this.#ahead = {};
    const all: TarEntry = { ...header, ...gnu, ...pax };
    checkNumbers(all);
    const entry = { ...all, type: knownType(all) };
    this.#skip = paddedSize(entry.size);
    this.#padding = this.#skip - entry.size;
    this.#onEntry(entry);
  }
}

/** In the old form of a regular file, the name says that it is a directory; some programs heed that in the new form, too. */
function knownType({ name, type }: TarEntry): string {
  const isFile = type === '\0' || type === '0';
  if (isFile && name.endsWith('/')) throw new RangeError('a directory is of no kind');
  return isFile ? '0' : type;
}

function checkNumbers({ type, size, mode, uid, gid, device: [major, minor] }: TarEntry): void {
  // Some programs expect so many bytes behind them, others none.
  if ('123456'.includes(type) && size > 0) throw new RangeError('what has no content has a size');
  if (uid > lastId || gid > lastId) throw new RangeError('an owner is out of range');
  const isDevice = type === '3' || type === '4';
  if (isDevice && (major > lastMajor || minor > lastMinor)) {
    throw new RangeError('a device is out of range');
  }
  // umoci makes another kind of device with them.
  const bits = mode - (mode & 0o7777);
  const known = typeBits[type === '\0' ? '0' : type];
  if (bits !== 0 && known !== undefined && bits !== known) {
    throw new RangeError('a mode is that of another kind');
  }
}
