/** `--format json`: what a verb knows as data, in the place of its text, with the names that the library has for it. */
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

/** Whether data is asked for: then it has been printed, and the text is left out. JSON has no bigint: each is its decimal digits. */
export function showsData(output: Output, options: Options, data: unknown): boolean {
  if (options.string('format') !== 'json') return false;
  const exact = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  output.text(`${JSON.stringify(data, exact, 2)}\n`);
  return true;
}
