// The second run of test files that failed, which tells one that fails by chance from one that is broken. It is no pardon:
// both have failed. With more than a few files the fault is not chance, and nobody waits for them.
'use strict';

/** Files that may fail in a run and still get a second one. */
const maxFiles = 5;

/** Whether a result of `judge` is nothing worse than failed tests. */
function isWorthwhile({ failed, faults, failedFiles }) {
  return failed > 0 && faults.length === 0 && failedFiles.length > 0;
}

/** Those of the files that a second run passed. One that failed in no file has said nothing of any. */
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
