/** Sizes on the command line: `100M`, `2GiB`, `4096` KiB. */
import { scaleOf } from '../../../domain/xml/scaled-integer';
import { TslxcError } from '../../../errors';
import { CommandError } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';

/** A size, and what to say of one that is refused. */
interface Size {
  readonly text: string;
  readonly byDefault: 'B' | 'KiB';
  /** virsh's first line; libvirt's reason follows it, where virsh has one. */
  readonly refusal: string;
}

const mostUnsigned = 2n ** 64n - 1n;

/** KiB, rounded up. @throws CommandError. */
export function readKibibytes(text: string, option: string): number {
  return kibibytesOf({ text, byDefault: 'KiB', refusal: malformed(text, option) });
}

const powers = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * The same of a size as docker's options take it (RAMInBytes of its go-units): a number alone is bytes, each unit is a power of
 * 1024, however it is written, and there may be decimals.
 *
 * @throws CommandError.
 */
export function readDockerKibibytes(text: string, option: string): number {
  const [, number = '', unit = ''] = /^(\d{1,16}(?:\.\d{1,9})?) ?([kmgtp])?i?b?$/i.exec(text) ?? [];
  const kibibytes = Math.ceil(Number(number) * 1024 ** (powers.indexOf(unit.toLowerCase()) - 1));
  if (number !== '' && kibibytes <= Number.MAX_SAFE_INTEGER / 1024) return kibibytes;
  throw new CommandError(malformed(text, option), { code: 'INVALID_ARG' });
}

function malformed(text: string, option: string): string {
  return `Scaled numeric value '${text}' for <${option}> option is malformed or out of range`;
}

/** The limit in KiB of an optional option; a number below 0 means no limit. @throws CommandError. */
export function readLimit(options: Options, name: string): number | 'unlimited' | undefined {
  const text = options.string(name);
  if (text === undefined) return undefined;
  const refusal = `Unable to parse integer parameter ${name}`;
  return /^-\d*[1-9]/.test(text) ? 'unlimited' : kibibytesOf({ text, byDefault: 'KiB', refusal });
}

/** Bytes, which are also the default unit, of the size of a volume. @throws CommandError. */
export function readBytes(text: string): bigint {
  return bytesOf({ text, byDefault: 'B', refusal: `Malformed size ${text}` });
}

/** The same as a number. @throws CommandError for what is not exact as one. */
export function exactBytes(bytes: bigint): number {
  if (bytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(bytes);
  throw overflow(String(bytes));
}

function kibibytesOf(size: Size): number {
  const kibibytes = (bytesOf(size) + 1023n) / 1024n;
  if (kibibytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(kibibytes);
  throw new CommandError(size.refusal, { cause: overflow(size.text), code: 'INVALID_ARG' });
}

function bytesOf(size: Size): bigint {
  const { text, byDefault, refusal } = size;
  const [, digits, unit = ''] = /^(\d{1,20})(.*)$/s.exec(text) ?? [];
  const count = digits === undefined ? undefined : BigInt(digits);
  if (count === undefined || count > mostUnsigned) {
    throw new CommandError(refusal, { code: 'INVALID_ARG' });
  }
  const scale = scaleOf(unit === '' ? byDefault : unit);
  const bytes = scale === undefined ? undefined : count * scale;
  if (bytes !== undefined && bytes <= mostUnsigned) return bytes;
  const cause =
    bytes === undefined
      ? new TslxcError('INVALID_ARG', `unknown suffix '${unit}'`)
      : overflow(text);
  throw new CommandError(refusal, { cause, code: 'INVALID_ARG' });
}

function overflow(text: string): CommandError {
  return new CommandError(`numerical overflow: value too large: ${text}`, { code: 'INVALID_ARG' });
}
