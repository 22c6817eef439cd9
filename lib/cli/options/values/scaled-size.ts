/** Sizes on the command line: `100M`, `2GiB`, `4096` KiB. */
import { scaleOf } from '../../../domain/xml/scaled-integer';
import { UsageError } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';

/** KiB, rounded up. @throws UsageError. */
export function readKibibytes(text: string, option: string): number {
  const bytes = bytesOf(text, 'KiB');
  const kibibytes = bytes === undefined ? undefined : (bytes + 1023n) / 1024n;
  if (kibibytes !== undefined && kibibytes <= BigInt(Number.MAX_SAFE_INTEGER)) {
    return Number(kibibytes);
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

/** Bytes, which are also the default unit; undefined for what is no size. */
export function readBytes(text: string): number | undefined {
  const bytes = bytesOf(text, 'B');
  return bytes !== undefined && bytes <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(bytes)
    : undefined;
}

function bytesOf(text: string, byDefault: string): bigint | undefined {
  const match = /^(\d{1,20})([A-Za-z]*)$/.exec(text);
  const scale = scaleOf(match?.[2] === '' ? byDefault : (match?.[2] ?? '?'));
  return match === null || scale === undefined ? undefined : BigInt(match[1] ?? '') * scale;
}
