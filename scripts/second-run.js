// Runs the test files that have failed once more, alone: one that passes now fails by chance, one that fails again is broken. Both
// count as failed. If more than a few files have failed, chance is not the reason, and none is run again.
'use strict';

/** Files that may fail in a run and still get a second one. */
const maxFiles = 5;

/** Whether a result of `judge` is nothing worse than failed tests. */
function isWorthwhile({ failed, faults, failedFiles }) {
  return failed > 0 && faults.length === 0 && failedFiles.length > 0;
}

/** The files that passed in the second run. If it failed without a failed file, nothing is known about any of them. */
function passedNow(files, { failed, failedFiles }) {
  if (failed > 0 && failedFiles.length === 0) return [];
  return files.filter((file) => !failedFiles.includes(file));
}

/** Results of `judge`, after `run` was asked for a second run of each with failed files: `unsteady` are those that it passed. */
async function runAgain(results, run) {
  const count = results.flatMap(({ failedFiles }) => failedFiles).length;
  if (count > maxFiles) return results;
  const after = [];
  for (const result of results) {
    if (!isWorthwhile(result)) {
      after.push(result);
      continue;
    }
    after.push({ ...result, unsteady: passedNow(result.failedFiles, await run(result)) });
  }
  return after;
}

module.exports = { runAgain };
