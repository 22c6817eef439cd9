/** Tables as virsh lays them out: columns as wide as their widest cell, counted in terminal columns. Pure. */
import { printable } from './output';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The lines of a table; `bare` (for `-q`) leaves out header and rule, and their width. */
export function formatTable(table: Table, style: 'full' | 'bare'): string {
  const rows = (style === 'full' ? [table.header, ...table.rows] : table.rows).map((row) =>
    row.map(printable),
  );
  const widths = table.header.map((_, column) =>
    Math.max(0, ...rows.map((row) => columnsOf(row[column] ?? ''))),
  );
  const lines = rows.map((row) => formatRow(row, widths));
  if (style === 'full')
    lines.splice(1, 0, '-'.repeat(widths.reduce((sum, width) => sum + width + 3, 0)));
  return lines.map((line) => `${line}\n`).join('');
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const last = row.length - 1;
  return row
    .map((cell, column) => {
      const padding = column === last ? 0 : (widths[column] ?? 0) - columnsOf(cell) + 2;
      return ` ${cell}${' '.repeat(padding)}`;
    })
    .join('');
}

// East Asian wide and fullwidth characters and emoji, first and last of each run (Unicode's EastAsianWidth.txt).
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** How many columns of a terminal the text takes. */
export function columnsOf(text: string): number {
  // eslint-disable-next-line no-control-regex -- ASCII is by far the most common, and one column each
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (zeroWidth.test(character)) continue;
    columns += wide.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
  }
  return columns;
}
