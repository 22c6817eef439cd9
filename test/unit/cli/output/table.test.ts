/** virsh's column layout, byte for byte. */
import { columnsOf, formatTable } from '../../../../lib/cli/output/table';

const header = ['Id', 'Name', 'State'];

test('columns are as wide as their longest cell, the last one is not padded', () => {
  const rows = [
    ['64604', 'ra-1', 'running'],
    ['-', 'helloworld', 'shut off'],
  ];
  expect(formatTable({ header, rows }, 'full')).toBe(
    ' Id      Name         State\n' +
      '--------------------------------\n' +
      ' 64604   ra-1         running\n' +
      ' -       helloworld   shut off\n',
  );
});

test('an empty table is its header and the rule', () => {
  expect(formatTable({ header, rows: [] }, 'full')).toBe(
    ' Id   Name   State\n--------------------\n',
  );
});

test('a bare table has neither header nor its width', () => {
  expect(formatTable({ header, rows: [['1', 'a', 'running']] }, 'bare')).toBe(' 1   a   running\n');
  expect(formatTable({ header, rows: [] }, 'bare')).toBe('');
});

test('a trailing empty cell leaves its blank', () => {
  const rows = [['1', 'a', 'running', '']];
  expect(formatTable({ header: [...header, 'Title'], rows }, 'bare')).toBe(' 1   a   running   \n');
});

test('wide characters count as two columns and combining ones as none', () => {
  const rows = [
    ['1', '容器', 'running'],
    ['2', 'e\u0301', 'running'],
    ['3', 'abcd', 'running'],
  ];
  expect(formatTable({ header, rows }, 'bare')).toBe(
    ' 1   容器   running\n 2   e\u0301      running\n 3   abcd   running\n',
  );
});

test.each<[string, number]>([
  ['', 0],
  ['abc', 3],
  ['äöü', 3],
  ['漢字かな', 8],
  ['한글', 4],
  ['ｆｕｌｌ', 8],
  ['📦', 2],
  ['✅', 2],
  ['⚡', 2],
  ['🌡', 1],
  ['a\u200db', 2],
])('%j takes %d columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test('control characters are shown as their bytes', () => {
  const rows = [['1', 'a\u001b[31m', '\u009b']];
  expect(formatTable({ header, rows }, 'bare')).toBe(' 1   a\\x1b[31m   \\xc2\\x9b\n');
});
