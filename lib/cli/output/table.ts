/** Tables as virsh lays them out: columns as wide as their widest cell, counted in terminal columns. Pure. */
import type * as Width from 'get-east-asian-width' with { 'resolution-mode': 'import' };
import { printable } from '../../printable';

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

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** How many columns of a terminal the text takes. */
export function columnsOf(text: string): number {
  // eslint-disable-next-line no-control-regex -- ASCII is by far the most common, and one column each
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  // An ES module, which CommonJS code can't import: scripts/bundle.js includes it in the bundle.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { eastAsianWidth } = require('get-east-asian-width') as typeof Width;
  let columns = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (zeroWidth.test(character)) continue;
    columns += eastAsianWidth(point);
  }
  return columns;
}
