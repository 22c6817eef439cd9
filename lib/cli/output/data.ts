/** `--format json`: what a verb knows as data, in the place of its text, with the names that the library has for it. */
import { escapedJson } from '../../printable';
import type { Option, Options } from '../shell/arguments';
import type { Output } from './output';

/** Of every verb that lists or inspects, but for those that print XML. */
export const formatOption: Option = {
  name: 'format',
  kind: 'string',
  help: "'text' (the default), or 'json' for programs",
  values: ['text', 'json'],
  closed: true,
};

/** Whether data is asked for: by `--format json`, or by `--json` of the verbs that had that first. */
export function wantsData(options: Options): boolean {
  return options.has('json') || options.string('format') === 'json';
}

/** Whether data is asked for: then it has been printed, and the text is left out. */
export function showsData(output: Output, options: Options, data: unknown): boolean {
  if (!wantsData(options)) return false;
  output.text(`${json(data, 2)}\n`);
  return true;
}

/** The same for one of several that come one after the other: each is a line. */
export function showsDataLine(output: Output, options: Options, data: unknown): boolean {
  if (!wantsData(options)) return false;
  printDataLine(output, data);
  return true;
}

/** Prints one of several as a line, where they are asked for in another way. */
export function printDataLine(output: Output, data: unknown): void {
  output.text(`${json(data, 0)}\n`);
}

/** JSON has no bigint: each is its decimal digits. */
function json(data: unknown, indent: number): string {
  const exact = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  return escapedJson(JSON.stringify(data, exact, indent));
}
