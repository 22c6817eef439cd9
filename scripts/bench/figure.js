// A figure of a bench: one quantity, measured of several systems in the same run, each beside the reference.
'use strict';
const { summarize } = require('./statistics');

/**
 * `samples` has the values of each system by its name, `notes` perhaps a word about some. A system without a value has no row.
 * The ratio is that of the medians; without the reference's values there is none.
 */
function figureOf({ key, title, unit, reference, notes = {} }, samples) {
  const measured = Object.entries(samples).filter(([, values]) => values.length > 0);
  const summaries = Object.fromEntries(
    measured.map(([system, values]) => [system, summarize(values)]),
  );
  const base = summaries[reference]?.median;
  const rows = measured.map(([system, values]) => ({
    system,
    summary: summaries[system],
    values,
    ...(base > 0 && { ratio: summaries[system].median / base }),
    ...(notes[system] !== undefined && { note: notes[system] }),
  }));
  return { key, title, unit, ...(base > 0 && { reference }), rows };
}

module.exports = { figureOf };
