// The figures of a bench as lines for people: for each figure a heading, and under it a row for each system.
'use strict';

/** Three digits that count, and no more. */
function digits(value) {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function cells({ system, summary, ratio, note = '' }) {
  const { runs, median, low, high, minimum, maximum } = summary;
  const isSpread = runs > 1;
  return [
    system,
    digits(median),
    isSpread ? `${digits(low)}–${digits(high)}` : '',
    isSpread ? `${digits(minimum)}–${digits(maximum)}` : '',
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    isSpread ? String(runs) : '',
    note,
  ];
}

const columns = ['', 'median', 'middle half', 'all', 'ratio', 'runs', ''];

/** Lines with all cells of a column as wide as the widest; the first and the last column begin at the left. */
function align(rows) {
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const isText = (at) => at === 0 || at === columns.length - 1;
  return rows.map((row) =>
    row
      .map((cell, at) => (isText(at) ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join('  ')
      .trimEnd(),
  );
}

function heading({ title, unit, reference }) {
  const ratio = reference === undefined ? '' : `; ratio to ${reference}`;
  return `${title}, ${unit}${ratio}`;
}

/** `figures`: each with `title`, `unit`, perhaps the name of its `reference`, and `rows` as `figureOf` makes them. */
function renderTable(figures) {
  return figures.flatMap((figure) => [
    '',
    heading(figure),
    ...align([columns, ...figure.rows.map(cells)]).map((line) => `  ${line}`),
  ]);
}

module.exports = { digits, renderTable };
