/**
 * The uuids of stored definitions, kept in a file for other processes: a command that lists a hundred domains would have to parse a
 * hundred documents for them. Each is that of a file with this very stamp (its device, inode, size and times), which was a valid
 * definition for this very version of the package. What is missing or no longer true costs a process the time to parse it.
 */
import { changeTimeOf } from '../survey';
import { packageVersion } from '../package-paths';
import { readRecord, writeRecord } from './record-file';

/** A younger file may change again without a change of its times, which move in steps. */
const settledNanoseconds = 50_000_000n;

/** As many new ones are worth a write: until then each process parses them itself, so that no change of one rewrites all. */
const fewest = 8;

/** A stamp as text, and the uuid. */
type Entry = readonly [stamp: string, uuid: string];

/** Whether a file that has this stamp may still change without another stamp. */
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

  /** Undefined if it is not known of a file that has this stamp. */
  uuid(name: string, stamp: Buffer): string | undefined {
    const entry = this.#read().get(name);
    return entry?.[0] === asText(stamp) ? entry[1] : undefined;
  }

  /** It has just been read in a file that had this stamp before. */
  note(name: string, stamp: Buffer, uuid: string): void {
    if (isYoung(stamp)) return;
    this.#read().set(name, [asText(stamp), uuid]);
    this.#news += 1;
  }

  /** Keeps what is known of these names for other processes, if it is worth it. That it can't be kept does not matter. */
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

function fieldsOf(record: unknown): Readonly<Record<string, unknown>> {
  return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : {};
}

function isNamedEntry(entry: unknown): entry is readonly [name: string, ...Entry] {
  return (
    Array.isArray(entry) && entry.length === 3 && entry.every((one) => typeof one === 'string')
  );
}
