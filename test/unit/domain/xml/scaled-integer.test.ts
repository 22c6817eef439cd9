/** libvirt's units. */
import { parseKibibytes } from '../../../../lib/domain/xml/scaled-integer';

const location = { path: 'domain/memory', position: { line: 3, column: 5 } };
const kibibytes = (text: string, unit?: string) => parseKibibytes({ text, unit, location });

test.each([
  ['1', undefined, 1],
  ['1', '', 1],
  ['1', 'KiB', 1],
  ['1', 'k', 1],
  ['1', 'KB', 1],
  ['1025', 'b', 2],
  ['1024', 'bytes', 1],
  ['0', 'byte', 0],
  ['1', 'MB', 977],
  ['1', 'M', 1024],
  ['1', 'mib', 1024],
  ['1', 'GB', 976563],
  ['1', 'GiB', 1048576],
  ['1', 'T', 1073741824],
  ['1', 'PiB', 1099511627776],
  ['7', 'E', 7881299347898368],
  [' +007', 'KiB', 7],
] as const)('%s %s is %d KiB', (text, unit, expected) => {
  expect(kibibytes(text, unit)).toBe(expected);
});

test.each(['', '-1', '1.5', '0x10', '1e3', '1 ', '1k', '१', '9'.repeat(31)])(
  '%p is no count',
  (text) => {
    expect(() => kibibytes(text)).toThrow(
      `XML error: Invalid value '${text}' for element or attribute './memory[1]' (domain/memory, line 3, column 5)`,
    );
  },
);

test.each(['zz', 'KIBB', 'x', 'kb ', 'Zi', 'iB', '__proto__'])('%p is no unit', (unit) => {
  expect(() => kibibytes('1', unit)).toThrow(
    `invalid argument: unknown suffix '${unit}' (domain/memory/@unit, line 3, column 5)`,
  );
});

test.each([
  ['8', 'E'],
  ['9223372036854775808', 'b'],
  ['9'.repeat(30), 'E'],
])('%s %s is more than 64 bits hold', (text, unit) => {
  expect(() => kibibytes(text, unit)).toThrow(`XML error: value too large: ${text}${unit}`);
});
