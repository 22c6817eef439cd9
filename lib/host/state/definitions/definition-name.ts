/** What the files of definitions may be called, and what is known of one by its name alone. Pure. */

/** NAME_MAX, minus the suffix and a margin. */
const largestName = 250;

/** Whether a name can be that of a definition's file. */
export function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[/\u0000-\u001f\u007f]/.test(name)) return false;
  return Buffer.byteLength(name) <= largestName;
}

/** A file that no definition can be read from. */
export interface UnreadableFile {
  readonly path: string;
  /** That of the file, without the suffix. */
  readonly name: string;
  /** Undefined if the file itself can't be read. */
  readonly text: string | undefined;
}
