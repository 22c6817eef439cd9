/** Looks at the same files in many folders with one call of the addon: off the event loop, except for a few of tslxc's own files. */
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
  /** The known stamp of a file, by the indices of its folder and of the file; only for `record`. */
  readonly known?: (folder: number, file: number) => Buffer | undefined;
}

/** A survey of tslxc's own folders, which are read on the event loop for a single domain, too. */
export interface OwnSurvey extends Survey {
  readonly files: readonly OwnFile[];
}

const noneKnown = new Uint8Array();

/** This many looks at tslxc's own files take some tenths of a millisecond at most; handing even a few of them to a thread takes longer. */
const few = 64;

/** The answers for each file of the first folder, then of the next, and so on: to be read one by one. */
export async function survey(asked: Survey): Promise<SightReader> {
  const { folders, files } = asked;
  const known = knownStamps(asked);
  return new SightReader(await native().survey({ folders, files, known }));
}

/** The same for tslxc's own files: if there are few, on the caller's thread. */
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
        throw new RangeError('the survey gives an unknown answer');
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
