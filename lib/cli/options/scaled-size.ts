/** Sizes on the command line: `100M`, `2GiB`, `4096` KiB. */
import { scaleOf } from '../../domain/xml/scaled-integer';
import { UsageError } from '../shell/command-error';
import type { Options } from '../shell/arguments';

/** KiB, rounded up. @throws UsageError. */
export function readKibibytes(text: string, option: string): number {
  const match = /^(\d{1,20})([A-Za-z]*)$/.exec(text);
  const scale = scaleOf(match?.[2] === '' ? 'KiB' : (match?.[2] ?? '?'));
  if (match !== null && scale !== undefined) {
    const kibibytes = (BigInt(match[1] ?? '') * scale + 1023n) / 1024n;
    if (kibibytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(kibibytes);
  }
  throw new UsageError(
    `Scaled numeric value '${text}' for <${option}> option is malformed or out of range`,
  );
}

/** The limit in KiB of an optional option; `-1` means no limit. @throws UsageError. */
export function readLimit(options: Options, name: string): number | 'unlimited' | undefined {
  const text = options.string(name);
  if (text === undefined) return undefined;
  return text === '-1' ? 'unlimited' : readKibibytes(text, name);
}
