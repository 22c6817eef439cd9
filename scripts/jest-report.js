// Reads Jest's JSON report as the project does: a skipped test, a todo or no test at all is a failure.
'use strict';

/** The report in a text, or undefined when Jest died before it wrote one. */
function parseReport(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What of a report counts as failed besides its failed tests, in words. */
function faultsOf(report) {
  if (report === undefined) return ['Jest did not finish'];
  const faults = [
    [report.numRuntimeErrorTestSuites, 'file(s) that could not run'],
    [report.numPendingTests, 'skipped test(s)'],
    [report.numTodoTests, 'todo(s)'],
    [report.numTotalTests === 0 ? 1 : 0, 'project without a test'],
  ];
  return faults.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}

/** The files with a failed test. */
function failedFilesOf(report) {
  const files = report?.testResults ?? [];
  return files.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** Counts of one run of Jest; `faults` are added to those of its report, `code` is its exit code. */
function judge({ name, report, code, started, ended = Date.now(), faults = [] }) {
  const all = [...faultsOf(report), ...faults];
  const failed = (report?.numFailedTests ?? 0) + all.length;
  return {
    name,
    passed: report?.numPassedTests ?? 0,
    // Jest may fail for a reason that it counts nowhere, such as a handle that is left open.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    faults: all,
    failedFiles: failedFilesOf(report),
    seconds: (ended - started) / 1000,
  };
}

/** One line about a result of `judge`. */
function describeResult({ name, passed, failed, faults, seconds }) {
  const notes = faults.length === 0 ? '' : ` (${faults.join(', ')})`;
  return `${name}: ${passed} passed, ${failed} failed in ${seconds.toFixed(0)} s${notes}`;
}

module.exports = { describeResult, judge, parseReport };
