/** The second run of test files that failed: who gets one, and what is said of it. */
import { join } from 'node:path';
import { packageRoot } from '../support/run-command';

interface Result {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly faults: readonly string[];
  readonly failedFiles: readonly string[];
  readonly unsteady?: readonly string[];
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { runAgain } = require(join(packageRoot, 'scripts/second-run.js')) as {
  runAgain: (
    results: readonly Result[],
    run: (result: Result) => Promise<Result>,
  ) => Promise<Result[]>;
};

const passed: Result = { name: 'calm', passed: 3, failed: 0, faults: [], failedFiles: [] };
const disturbed: Result = {
  ...passed,
  name: 'busy',
  passed: 5,
  failed: 2,
  failedFiles: ['a', 'b'],
};

/** The results after second runs that fail so many tests, and the names of the projects that had one. */
async function afterSecondRun(results: readonly Result[], failed: number) {
  const asked: string[] = [];
  const after = await runAgain(results, ({ name }) => {
    asked.push(name);
    return Promise.resolve({ ...passed, failed });
  });
  return { asked, after };
}

test('files that pass the second time are counted as passed, and named', async () => {
  const { asked, after } = await afterSecondRun([passed, disturbed], 0);
  expect(asked).toEqual(['busy']);
  expect(after).toEqual([passed, { ...disturbed, passed: 7, failed: 0, unsteady: ['a', 'b'] }]);
});

test('files that fail again have failed as they did at first', async () => {
  const { after } = await afterSecondRun([disturbed], 1);
  expect(after).toEqual([disturbed]);
});

test.each([
  ['more files than a disturbance explains', { ...disturbed, failedFiles: ['a', 'b', 'c', 'd'] }],
  ['a skipped test', { ...disturbed, faults: ['1 skipped test(s)'] }],
  ['a failure in no file', { ...disturbed, failedFiles: [] }],
])('no second run for %s', async (_what, result) => {
  const { asked, after } = await afterSecondRun([result], 0);
  expect(asked).toEqual([]);
  expect(after).toEqual([result]);
});
