/**
 * The uuids of stored definitions, kept in a file for other processes: a command that lists a hundred domains would have to parse
 * a hundred documents for them. Each is valid for a file with exactly this stamp (its device, inode, size and times), which was a
 * valid definition for exactly this version of the package. A missing or stale entry only costs a process the time to parse the
 * file.
 */
import { changeTimeOf } from '../../survey';
import { packageVersion } from '../../package-paths';
import { fieldsOf, readRecord, writeRecord } from '../record-file';

/** A younger file may change again without a change of its times, which have a coarse resolution. */
const settledNanoseconds = 50_000_000n;

/**
 * The number of new entries that is worth a write. With fewer, each process parses those files itself, so that not every change
 * of one file rewrites all entries.
 */
const fewest = 8;

/** A stamp as text, and the uuid. */
type Entry = readonly [stamp: string, uuid: string];

/** Whether a file that has this stamp may still change without a change of the stamp. */
export function isYoung(stamp: Buffer): boolean {
  return BigInt(Date.now()) * 1_000_000n - changeTimeOf(stamp) < settledNanoseconds;
}

export class KnownIdentities {
  readonly #path: string;
  #entries: Map<string, Entry> | undefined;
  #news = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined if none is known for a file that has this stamp. */
  uuid(name: string, stamp: Buffer): string | undefined {
    const entry = this.#read().get(name);
    return entry?.[0] === asText(stamp) ? entry[1] : undefined;
  }

  /** Notes a uuid that has just been read from a file, which had this stamp before it was read. */
  note(name: string, stamp: Buffer, uuid: string): void {
    if (isYoung(stamp)) return;
    this.#read().set(name, [asText(stamp), uuid]);
    this.#news += 1;
  }

  /** Keeps what is known of these names for other processes, if enough of it is new. A failure to write it does no harm. */
  save(names: readonly string[]): void {
    if (this.#news < fewest) return;
    this.#news = 0;
    const entries = this.#read();
    const files = names.flatMap((name) => {
      const entry = entries.get(name);
      return entry === undefined ? [] : [[name, ...entry]];
    });
    try {
      writeRecord(this.#path, { version: packageVersion(), files });
    } catch {
      // The next process parses them again.
    }
  }

  #read(): Map<string, Entry> {
    this.#entries ??= new Map(this.#kept().map(([name, ...entry]) => [name, entry]));
    return this.#entries;
  }

  #kept(): (readonly [name: string, ...Entry])[] {
    const { version, files } = fieldsOf(this.#content());
    if (version !== packageVersion() || !Array.isArray(files)) return [];
    return files.filter(isNamedEntry);
  }

  #content(): unknown {
    try {
      return readRecord(this.#path);
    } catch {
      return undefined;
    }
  }
}

function asText(stamp: Buffer): string {
  return stamp.toString('base64');
}

function isNamedEntry(entry: unknown): entry is readonly [name: string, ...Entry] {
  return (
    Array.isArray(entry) && entry.length === 3 && entry.every((one) => typeof one === 'string')
  );
}
