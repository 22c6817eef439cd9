// Summaries of many measured figures: the median, the middle half, the smallest, and ratios.
'use strict';

/** The value below which that share of the sorted values is, between two of them by their distance. */
function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

function ascending(values) {
  return [...values].sort((a, b) => a - b);
}

function median(values) {
  return quantile(ascending(values), 0.5);
}

/** Of at least one value. */
function summarize(values) {
  const sorted = ascending(values);
  return {
    runs: sorted.length,
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    minimum: sorted[0],
    maximum: sorted.at(-1),
  };
}

/** How far apart the values are, as a share of their median. */
function spreadOf(values) {
  const { median: middle, minimum, maximum } = summarize(values);
  return (maximum - minimum) / middle;
}

module.exports = { median, spreadOf, summarize };
