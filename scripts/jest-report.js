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

/** What Jest said of each failed test, and of each file that could not run, be it at its end. */
function failuresOf(report) {
  return (report?.testResults ?? []).flatMap((result) => {
    const { name: file, status: whole, message, assertionResults } = result;
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && whole === 'failed') return [{ file, message }];
    return failed.map(({ fullName, failureMessages }) => ({
      file,
      test: fullName,
      message: failureMessages.join('\n'),
    }));
  });
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
    failures: failuresOf(report),
    seconds: (ended - started) / 1000,
  };
}

/** One line about a result of `judge`. */
function describeResult({ name, passed, failed, faults, seconds }) {
  const notes = faults.length === 0 ? '' : ` (${faults.join(', ')})`;
  return `${name}: ${passed} passed, ${failed} failed in ${seconds.toFixed(0)} s${notes}`;
}

/** Lines that a failure's message may have where it is told again. */
const maxLines = 30;

/** A failure of `judge`, told again: which file and test, and how the message begins. */
function describeFailure({ file, test, message }) {
  const lines = message.split('\n');
  const shown = lines.slice(0, maxLines).map((line) => `    ${line}`);
  if (lines.length > maxLines) shown.push(`    … ${lines.length - maxLines} more lines`);
  return [`${file}: ${test ?? 'could not run'}`, ...shown].join('\n');
}

module.exports = { describeFailure, describeResult, judge, parseReport };
