/** The second run of test files that failed: who gets one, what is said of it, and that it pardons nothing. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

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
const failed: Result = { ...passed, name: 'busy', passed: 5, failed: 2, failedFiles: ['a', 'b'] };

/** The results after second runs that end like this, and the names of the projects that had one. */
async function afterSecondRun(results: readonly Result[], second: Partial<Result>) {
  const asked: string[] = [];
  const after = await runAgain(results, ({ name }) => {
    asked.push(name);
    return Promise.resolve({ ...passed, ...second });
  });
  return { asked, after };
}

test('files that pass the second time are unsteady, and have failed all the same', async () => {
  const { asked, after } = await afterSecondRun([passed, failed], {});
  expect(asked).toEqual(['busy']);
  expect(after).toEqual([passed, { ...failed, unsteady: ['a', 'b'] }]);
});

test('a file that fails again is not called unsteady, another of the same run is', async () => {
  const { after } = await afterSecondRun([failed], { failed: 1, failedFiles: ['a'] });
  expect(after).toEqual([{ ...failed, unsteady: ['b'] }]);
});

test.each([
  ['hangs', { failed: 1, faults: ['killed after 15 minutes'] }],
  ['fails in no file', { failed: 1 }],
])('a second run that %s calls no file unsteady', async (_how, second) => {
  const { after } = await afterSecondRun([failed], second);
  expect(after).toEqual([{ ...failed, unsteady: [] }]);
});

test.each([
  ['more files than chance explains', { ...failed, failedFiles: ['a', 'b', 'c', 'd', 'e', 'f'] }],
  ['a skipped test', { ...failed, faults: ['1 skipped test(s)'] }],
  ['a failure in no file', { ...failed, failedFiles: [] }],
])('no second run for %s', async (_what, result) => {
  const { asked, after } = await afterSecondRun([result], {});
  expect(asked).toEqual([]);
  expect(after).toEqual([result]);
});
