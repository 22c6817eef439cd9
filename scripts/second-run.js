// The second run of test files that failed beside others: hundreds of real containers, in three lanes on a few cores, do
// disturb one another. It is no pardon: a file that needs it is named in the sum of every run, and to be mended; with more
// than a few of them the fault is not the disturbance.
'use strict';

/** Files that may fail in a run and still get a second one. */
const maxFiles = 3;

/** Whether a result of `judge` is nothing worse than failed tests. */
function isDisturbed({ failed, faults, failedFiles }) {
  return failed > 0 && faults.length === 0 && failedFiles.length > 0;
}

/** A result of `judge` after its second run: as good as that, with the files named in `unsteady`. */
function merge(first, second) {
  if (second.failed > 0) return first;
  const { passed, failed, failedFiles } = first;
  return { ...first, passed: passed + failed, failed: 0, unsteady: failedFiles };
}

/** Results of `judge`, after `run` was asked for a second run of each project that has files which failed. */
async function runAgain(results, run) {
  const count = results.flatMap(({ failedFiles }) => failedFiles).length;
  if (count > maxFiles) return results;
  const after = [];
  for (const result of results) {
    after.push(isDisturbed(result) ? merge(result, await run(result)) : result);
  }
  return after;
}

module.exports = { runAgain };
