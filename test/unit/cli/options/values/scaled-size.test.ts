/** Sizes of command lines: their units, and what virsh says of those that are none. */
import {
  exactBytes,
  readBytes,
  readKibibytes,
  readLimit,
} from '../../../../../lib/cli/options/values/scaled-size';
import { Options } from '../../../../../lib/cli/shell/arguments';
import { errorLines } from '../../../../../lib/cli/shell/command-error';

function said(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    return errorLines(error);
  }
  throw new Error('it was taken');
}

test.each<[string, bigint]>([
  ['0', 0n],
  ['512', 512n],
  ['1KB', 1000n],
  ['1k', 1024n],
  ['99PiB', 99n * 2n ** 50n],
  ['18446744073709551615', 2n ** 64n - 1n],
])('%s is that many bytes', (text, bytes) => {
  expect(readBytes(text)).toBe(bytes);
});

test.each<[string, string[]]>([
  ['', []],
  ['abc', []],
  ['-1', []],
  ['18446744073709551616', []],
  ['1XB', ["invalid argument: unknown suffix 'XB'"]],
  ['1.5G', ["invalid argument: unknown suffix '.5G'"]],
  ['16EiB', ['numerical overflow: value too large: 16EiB']],
])('%j is no size of a volume', (text, reason) => {
  expect(said(() => readBytes(text))).toEqual([`Malformed size ${text}`, ...reason]);
});

test('a size is rounded up to KiB, and one that is too large is refused with the reason', () => {
  expect([readKibibytes('1025B', 'size'), readKibibytes('2M', 'size')]).toEqual([2, 2048]);
  expect(said(() => readKibibytes('99EiB', 'size'))).toEqual([
    "Scaled numeric value '99EiB' for <size> option is malformed or out of range",
    'numerical overflow: value too large: 99EiB',
  ]);
});

test('a limit below 0 is none, as in virsh', () => {
  const options = new Options(new Map([['most', '-2']]));
  expect(readLimit(options, 'most')).toBe('unlimited');
});

test('bytes that no number has exactly are refused', () => {
  expect(exactBytes(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
  expect(said(() => exactBytes(2n ** 53n))).toEqual([
    'numerical overflow: value too large: 9007199254740992',
  ]);
});
