/** `--format json`: prints the data of a verb instead of its text, with the field names of the library. */
import { escapedJson } from '../../printable';
import type { Option, Options } from '../shell/arguments';
import type { Output } from './output';

/** The option of all verbs that list or inspect, except those that print XML. */
export const formatOption: Option = {
  name: 'format',
  kind: 'string',
  help: "'text' (the default), or 'json' for programs",
  values: ['text', 'json'],
  closed: true,
};

/** Whether data is requested: by `--format json`, or by `--json`, which some verbs had before that. */
export function wantsData(options: Options): boolean {
  return options.has('json') || options.string('format') === 'json';
}

/** Prints the data if it is requested, and returns whether it was: the caller then leaves out the text. */
export function showsData(output: Output, options: Options, data: unknown): boolean {
  if (!wantsData(options)) return false;
  printData(output, data);
  return true;
}

/** Prints the data without looking at the options. */
export function printData(output: Output, data: unknown): void {
  output.text(`${json(data, 2)}\n`);
}

/** The same for one item of a sequence: each is printed on one line. */
export function showsDataLine(output: Output, options: Options, data: unknown): boolean {
  if (!wantsData(options)) return false;
  printDataLine(output, data);
  return true;
}

/** Prints one item of a sequence on one line, without looking at the options. */
export function printDataLine(output: Output, data: unknown): void {
  output.text(`${json(data, 0)}\n`);
}

/** Bigints, which JSON lacks, become strings of decimal digits. */
function json(data: unknown, indent: number): string {
  const exact = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  return escapedJson(JSON.stringify(data, exact, indent));
}
