/** What of a configuration is not carried over, with the line that asks for it. */
import type { Entry, Place } from './entry';

export interface Warning {
  readonly file: string;
  /** Missing for what is not about a single line. */
  readonly line?: number;
  readonly message: string;
}

export class Report {
  readonly #warnings: Warning[] = [];

  warn(place: Place | Pick<Place, 'file'>, message: string): void {
    this.#warnings.push({ ...place, message });
  }

  /** Of an entry that is not carried over, or not as it is; `reason` says why, or what there is instead. */
  tell({ written, value, place }: Entry, reason: string): void {
    this.warn(place, `${written} = ${value}: ${reason}`);
  }

  /** By file, in the order in which they were read, and in a file by line. */
  warnings(files: readonly string[]): Warning[] {
    const line = (warning: Warning): number => warning.line ?? Number.MAX_SAFE_INTEGER;
    return [...this.#warnings].sort(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || line(a) - line(b),
    );
  }
}

/** `config:12: …`, as compilers write it. */
export function warningText({ file, line, message }: Warning): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}
