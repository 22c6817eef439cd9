/**
 * What this process was given, as bytes. Node.js turns what is not UTF-8 in words and variables into U+FFFD: another name, and other
 * data. It keeps no bytes of them, but the kernel does: proc_pid_cmdline(5), proc_pid_environ(5). Those of lines are kept.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { fileError } from '../../host/state/file-error';
import { UsageError } from './command-error';

const replacement = '\ufffd';

/** A line of the input. */
export interface GivenLine {
  readonly text: string;
  /** What the text was read from: the line itself or, on a terminal, the keys that it was typed with. */
  readonly bytes: Buffer;
}

/** The longest line with commands, in bytes: as long as a file with a definition may be. */
export const longestLine = 10 * 1024 * 1024;

/** Whether bytes that are not UTF-8 have become other characters in the text. */
export function isChanged({ text, bytes }: GivenLine): boolean {
  return text.includes(replacement) && !isUtf8(bytes);
}

/** @throws UsageError for a line that is not UTF-8, is too long, or has a NUL, which readline leaves out for virsh. */
export function refuseChangedLine(line: GivenLine): void {
  const { text, bytes } = line;
  const what = `the line ${escaped(bytes)}`;
  if (bytes.length > longestLine) throw new UsageError(`${what} is longer than 10 MiB`);
  if (isChanged(line)) throw notUtf8(what);
  if (text.includes('\0'))
    throw new UsageError(`${what} has a NUL, which no name and no path can have`);
}

/** @throws UsageError for the first of the last words of this process that is not UTF-8. */
export function refuseChangedWords(words: readonly string[]): void {
  if (!words.some((word) => word.includes(replacement))) return;
  const bytes = entriesOf('/proc/self/cmdline', 'read the arguments').slice(-words.length);
  const changed = bytes.find((word) => !isUtf8(word));
  if (changed !== undefined) throw notUtf8(`the argument ${escaped(changed)}`);
}

/** @throws UsageError if that is a value of a variable of this process which is not UTF-8. */
export function refuseChangedVariable(name: string, value: string | undefined): void {
  if (value?.includes(replacement) !== true) return;
  const start = `${name}=`;
  const changed = entriesOf('/proc/self/environ', 'read the environment').find(
    (entry) => entry.toString() === start + value && !isUtf8(entry),
  );
  if (changed !== undefined) throw notUtf8(`the environment's ${escaped(changed)}`);
}

/** What a file of /proc lists, each of which ends with a NUL. */
function entriesOf(path: string, step: string): Buffer[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    throw fileError(error, step);
  }
  return text
    .split('\0')
    .slice(0, -1)
    .map((entry) => Buffer.from(entry, 'latin1'));
}

function notUtf8(what: string): UsageError {
  return new UsageError(`${what} is not UTF-8, and would be changed: its bytes can't be passed on`);
}

/** So much of it is shown, in bytes. */
const shownBytes = 400;

/** In the quotes of a shell, which takes it as it was given: `$'caf\xe9'`; `…` stands for the rest of what is long. */
function escaped(bytes: Buffer): string {
  const characters = Array.from(bytes.subarray(0, shownBytes), (byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `$'${characters.join('')}'${bytes.length > shownBytes ? '…' : ''}`;
}
