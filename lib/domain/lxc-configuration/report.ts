/** The settings of a configuration that are not carried over, each with its line, and how they are written. Pure. */
import type { Entry, Place } from './entry';
import { printable } from '../../printable';

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

/** The text of a definition, preceded by a comment that lists what was not carried over. */
export function documentText(domain: string, warnings: readonly Warning[]): string {
  return `${comment(warnings)}${domain}`;
}

function comment(warnings: readonly Warning[]): string {
  if (warnings.length === 0) return '';
  const lines = warnings.map((warning) => `  ${warningText(warning)}`);
  return `<!--\nNot carried over, or not as it is:\n${lines.map(commented).join('\n')}\n-->\n`;
}

/** Separates adjacent hyphens, which would end the comment or make it invalid. */
function commented(text: string): string {
  return printable(text).replace(/-(?=-|$)/g, '- ');
}
