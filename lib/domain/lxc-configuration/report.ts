/** The settings of a configuration that are not carried over, each with its line. */
import type { Entry, Place } from './entry';

export interface Warning {
  readonly file: string;
  /** Missing if the warning is not about a single line. */
  readonly line?: number;
  readonly message: string;
}

export class Report {
  readonly #warnings: Warning[] = [];

  warn(place: Place | Pick<Place, 'file'>, message: string): void {
    this.#warnings.push({ ...place, message });
  }

  /** Reports an entry that is not carried over, or only with a change; `reason` says why, or what the domain has instead. */
  tell({ written, value, place }: Entry, reason: string): void {
    this.warn(place, `${written} = ${value}: ${reason}`);
  }

  /** All warnings, by file in the order in which the files were read, and then by line. */
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
