// The results of the mutants: which ones no test detects, and a figure for each file.
'use strict';

/** Characters of a change that are shown. */
const width = 60;

/** One line, without the spaces of its indentation. */
function short(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** A line for each that survived: `FILE:LINE  OLD  →  NEW`, or `FILE:LINE  OLD  (omitted)`. */
function describeSurvivors(results) {
  return results
    .filter(({ verdict }) => verdict === 'survived')
    .map(({ file, line, old, new: replacement, note }) => {
      const change = note === 'omitted' ? [] : ['→', short(replacement) || 'nothing'];
      const remark = note === undefined ? [] : [`(${note})`];
      return [`${file}:${line}`, short(old), ...change, ...remark].join('  ');
    });
}

/** A line for each file. What no compiler takes says nothing of the tests; one that hangs is noticed. */
function summary(results) {
  return [...new Set(results.map(({ file }) => file))].map((file) => {
    const count = (verdict) =>
      results.filter((one) => one.file === file && one.verdict === verdict).length;
    const [survived, late, broken] = [count('survived'), count('timed out'), count('not compiled')];
    const killed = count('killed') + late;
    const tried = killed + survived;
    const share = tried === 0 ? 'none tried' : `${((100 * killed) / tried).toFixed(1)} %`;
    const others = [
      ...(late > 0 ? [`${late} of them by the time limit`] : []),
      ...(broken > 0 ? [`${broken} more that ${broken === 1 ? 'does' : 'do'} not compile`] : []),
    ];
    return [`${file}: ${killed} of ${tried} mutants killed (${share})`, ...others].join('; ');
  });
}

module.exports = { describeSurvivors, summary };
