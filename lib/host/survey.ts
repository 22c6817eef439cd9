/**
 * The same files of many folders, looked at by one call of the addon: off the event loop, but for a few files of our own.
 */
import { native } from './native';
import { stampBytes, surveyAnswers, surveyCalls } from './calls/survey-request';
import type { OwnFile, SurveyFile } from './calls/survey-request';

/** What a survey says of one file; see SurveyFile. */
export type Sight =
  | Readonly<{ seen: 'failed'; errno: number; syscall: (typeof surveyCalls)[number] }>
  | Readonly<{ seen: 'text'; bytes: Buffer }>
  | Readonly<{ seen: 'stamp'; stamp: Buffer }>
  | Readonly<{ seen: 'record'; stamp: Buffer; bytes: Buffer }>
  | Readonly<{ seen: 'unchanged' | 'unlocked' | 'locked' | 'other' }>;

export interface Survey {
  /** Absolute paths. */
  readonly folders: readonly string[];
  readonly files: readonly SurveyFile[];
  /** The stamp that is known of a file of a folder, by their indices; for `record` alone. */
  readonly known?: (folder: number, file: number) => Buffer | undefined;
}

/** Of files in tslxc's own folders, where it reads on the event loop for a single domain, too. */
export interface OwnSurvey extends Survey {
  readonly files: readonly OwnFile[];
}

const noneKnown = new Uint8Array();

/** As many looks at our own files take some tenths of a millisecond at most. To have a thread do them takes longer than a few. */
const few = 64;

/** What is seen of each file of the first folder, then of the next, and so on: to be taken one by one. */
export async function survey(asked: Survey): Promise<SightReader> {
  const { folders, files } = asked;
  const known = knownStamps(asked);
  return new SightReader(await native().survey({ folders, files, known }));
}

/** The same of files of our own: few of them are looked at on the caller's thread. */
export async function surveyOwn(asked: OwnSurvey): Promise<SightReader> {
  const { folders, files } = asked;
  if (folders.length * files.length > few) return survey(asked);
  const known = knownStamps(asked);
  return new SightReader(native().surveyNow({ folders, files, known }));
}

function knownStamps({ folders, files, known }: Survey): Uint8Array {
  if (known === undefined) return noneKnown;
  const stamps = Buffer.alloc(folders.length * files.length * stampBytes);
  for (const [folder] of folders.entries()) {
    for (const [file] of files.entries()) {
      known(folder, file)?.copy(stamps, (folder * files.length + file) * stampBytes);
    }
  }
  return stamps;
}

/** Nanoseconds since the epoch of the last change of a file that has this stamp, its attributes included. */
export function changeTimeOf(stamp: Buffer): bigint {
  return stamp.readBigUInt64LE(stampBytes - 8);
}

/** The stamp that a survey gives of a file. */
export function stampOf(state: {
  readonly [Field in 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs']: bigint;
}): Buffer {
  const stamp = Buffer.alloc(stampBytes);
  const { dev, ino, size, mtimeNs, ctimeNs } = state;
  for (const [index, value] of [dev, ino, size, mtimeNs, ctimeNs].entries()) {
    stamp.writeBigUInt64LE(BigInt.asUintN(64, value), 8 * index);
  }
  return stamp;
}

/** Reads the answers of a survey, each when it is asked for. */
export class SightReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): Sight {
    const seen = surveyAnswers[this.#number()];
    switch (seen) {
      case 'failed':
        return { seen, errno: this.#number(), syscall: surveyCalls[this.#number()] ?? 'open' };
      case 'text':
        return { seen, bytes: this.#part(this.#number()) };
      case 'stamp':
        return { seen, stamp: this.#part(stampBytes) };
      case 'record':
        return { seen, stamp: this.#part(stampBytes), bytes: this.#part(this.#number()) };
      case undefined:
        throw new RangeError('the survey gives an answer that is none');
      default:
        return { seen };
    }
  }

  #number(): number {
    this.#offset += 4;
    return this.#bytes.readUInt32LE(this.#offset - 4);
  }

  #part(length: number): Buffer {
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }
}
