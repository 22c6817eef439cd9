/**
 * The error for text that is no XML, or XML that is not read, in the form of libvirt's: the line where reading ended, what is
 * wrong with it, that line, and a caret after the last character that was read.
 */
import { DefinitionError } from '../../../errors';
import { printable } from '../../../printable';
import { shortened, type SourceLocation } from '../source-location';

/** What is shown of a line that is longer: as many characters before the caret, and half as many after it. */
const shownBefore = 120;

/** The line of the text that reading ended in, and how many of its characters had been read. */
interface Ending {
  readonly line: string;
  readonly read: number;
}

/**
 * The error to throw if reading `text` ended at `location`, whose column is that of the last character that was read. Without a
 * `text`, nothing is quoted.
 */
export function syntaxError(
  words: string,
  location: SourceLocation,
  text?: string,
): DefinitionError {
  const { path, position } = location;
  const { line, column } = position;
  const shown = text === undefined ? [] : quoted(endingOf(text, location));
  return new DefinitionError(
    'XML_DETAIL',
    [`at line ${line}: ${shortened(words)}`, ...shown].join('\n'),
    {
      element: path,
      line,
      column,
    },
  );
}

/** At the end of a text that ends in empty lines, as libvirt does: the last line that is not empty. */
function endingOf(text: string, { position: { line, column } }: SourceLocation): Ending {
  const lines = text.split(/\r\n|[\r\n]/, line);
  const last = lines.at(-1) ?? '';
  if (last !== '') return { line: last, read: column };
  const before = lines.findLast((one) => one !== '') ?? '';
  return { line: before, read: Infinity };
}

/** The line and the caret below it. Empty for an empty text. */
function quoted({ line, read }: Ending): string[] {
  if (line === '') return [];
  const end = offsetOf(line, read);
  const [from, to] = [Math.max(0, end - shownBefore), end + shownBefore / 2];
  const before = `${from > 0 ? '…' : ''}${tabbed(line.slice(from, end))}`;
  const after = `${tabbed(line.slice(end, to))}${to < line.length ? '…' : ''}`;
  return [before + after, `${before.replace(/[^\t]/gu, '-')}^`];
}

/** Where so many characters end, at most the end of the line. */
function offsetOf(line: string, characters: number): number {
  let offset = 0;
  for (let count = 0; count < characters && offset < line.length; count += 1) {
    offset += (line.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** With the tabs as they are, which the line of the caret repeats. */
function tabbed(text: string): string {
  return text.split('\t').map(printable).join('\t');
}
