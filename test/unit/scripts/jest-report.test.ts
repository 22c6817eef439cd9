/** What of Jest's JSON report counts as failed, and how it is told again. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Failure {
  readonly file: string;
  readonly test?: string;
  readonly message: string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { describeFailure, describeResult, judge } = require(
  join(packageRoot, 'scripts/jest-report.js'),
) as {
  describeFailure: (failure: Failure) => string;
  describeResult: (result: object) => string;
  judge: (run: object) => { failed: number; failures: readonly Failure[] };
};

const passing = { fullName: 'it holds', status: 'passed', failureMessages: [] };
const failing = { fullName: 'it breaks', status: 'failed', failureMessages: ['Error: 1', 'at 2'] };

/** The verdict on a report of these files. */
function verdict(testResults: readonly object[], counts: object) {
  const none = { numRuntimeErrorTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };
  const report = { ...none, numTotalTests: 2, numFailedTests: 0, ...counts, testResults };
  return judge({ name: 'unit', report, code: 1, started: 0, ended: 1 });
}

test('a failed test is told by its file, its name and what Jest said', () => {
  const files = [
    { name: '/a.test.ts', status: 'failed', message: 'all', assertionResults: [passing, failing] },
    { name: '/b.test.ts', status: 'passed', message: '', assertionResults: [passing] },
  ];
  const { failed, failures } = verdict(files, { numFailedTests: 1 });
  expect(failed).toBe(1);
  expect(failures.map(describeFailure)).toEqual(['/a.test.ts: it breaks\n    Error: 1\n    at 2']);
});

test('so is a file that could not run', () => {
  const broken = {
    name: '/c.test.ts',
    status: 'failed',
    message: 'SyntaxError',
    assertionResults: [],
  };
  const { failed, failures } = verdict([broken], { numRuntimeErrorTestSuites: 1 });
  expect(failed).toBe(1);
  expect(failures.map(describeFailure)).toEqual(['/c.test.ts: could not run\n    SyntaxError']);
});

test('so is one whose tests have passed, and whose last hook has failed', () => {
  const files = [
    { name: '/d.test.ts', status: 'failed', message: 'left', assertionResults: [passing] },
  ];
  const { failed, failures } = verdict(files, { numRuntimeErrorTestSuites: 1 });
  expect(failed).toBe(1);
  expect(failures.map(describeFailure)).toEqual(['/d.test.ts: could not run\n    left']);
});

test('of a long message the beginning is told, and how much is left out', () => {
  const message = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join('\n');
  const told = describeFailure({ file: '/a.test.ts', test: 'it breaks', message });
  expect(told).toMatch(/ line 30\n {4}… 10 more lines$/);
});

test('a Jest that wrote no report has no failure to tell', () => {
  const { failed, failures } = judge({ name: 'unit', code: 1, started: 0, ended: 1 });
  expect({ failed, failures }).toEqual({ failed: 1, failures: [] });
});

test('the result of each project, or of each machine, tells how many tests have passed and failed', () => {
  const files = [
    { name: '/a.test.ts', status: 'failed', message: '', assertionResults: [failing] },
  ];
  const counts = { numTotalTests: 7, numPassedTests: 6, numFailedTests: 1 };
  expect(describeResult(verdict(files, counts))).toBe('unit: 6 passed, 1 failed in 0 s');
  const none = verdict([], { numTotalTests: 0, numPassedTests: 0 });
  expect(describeResult(none)).toBe('unit: 0 passed, 1 failed in 0 s (1 project without a test)');
});
