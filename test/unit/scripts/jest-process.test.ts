/** A Jest that never ends is ended, with all that it has started, and it is said why. Programs of the shell stand for it. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/time/eventually';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot } from '../../support/process/run-command';

interface Options {
  readonly report: string;
  readonly minutes: number;
  readonly output: 'live' | 'kept';
  readonly grace: number;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { hangOf, runJest } = require(join(packageRoot, 'scripts/jest-process.js')) as {
  hangOf: (times: Readonly<Record<string, number | string | undefined>>) => string | undefined;
  runJest: (
    argv: readonly string[],
    options: Options,
  ) => Promise<{ code: number | null; faults: readonly string[] }>;
};

let folder: string;
let options: Options;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-jest-'));
  options = { report: join(folder, 'report'), minutes: 0.02, output: 'kept', grace: 200 };
});

afterEach(() => removeTree(folder));

function shell(script: string): string[] {
  return ['sh', '-c', script, 'sh', folder];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test('one that ends is not touched', async () => {
  const patient = { ...options, minutes: 10 };
  expect(await runJest(shell('exit 3'), patient)).toEqual({ code: 3, faults: [] });
});

test('without progress it is killed, with what it has started, and the file that it ran is named', async () => {
  const script = `echo test/x.test.ts >"$TSLXC_TEST_RUNNING"; sleep 600 & echo $! >"$1/child"; wait`;
  // Time enough for the shell to write both files.
  const patient = { ...options, minutes: 0.05 };
  const { faults } = await runJest(shell(script.replace('echo test', 'printf test')), patient);
  expect(faults).toEqual([
    'killed after 0.05 minutes without progress, while it ran test/x.test.ts',
  ]);
  const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
  await eventually(() => expect(isAlive(child)).toBe(false));
});

test('one that hears of no request to end is killed as well', async () => {
  const { code, faults } = await runJest(shell(`trap '' TERM; while :; do sleep 1; done`), options);
  expect({ code, faults }).toEqual({
    code: null,
    faults: ['killed after 0.02 minutes without progress, while it ran no file'],
  });
});

test('one whose report is there, and that stays, is killed for that', async () => {
  writeFileSync(options.report, '{}');
  const { faults } = await runJest(shell('sleep 600'), { ...options, minutes: 10 });
  expect(faults).toEqual(['something that a test left open kept Jest from ending']);
});

describe('whether one hangs', () => {
  const minute = 60_000;
  const times = { started: 0, minutes: 15, grace: 10_000, files: 'test/x.test.ts' };

  test('depends on when a file last began or ended, and not on how long all of them take', () => {
    const hours = { ...times, now: 300 * minute };
    expect(hangOf({ ...hours, progressed: 286 * minute })).toBeUndefined();
    expect(hangOf({ ...hours, progressed: 284 * minute })).toBe(
      'killed after 15 minutes without progress, while it ran test/x.test.ts',
    );
    expect(hangOf({ ...times, now: 14 * minute })).toBeUndefined();
    expect(hangOf({ ...times, now: 16 * minute })).toMatch(/^killed after 15 minutes/);
  });

  test('is asked of one with a report by that alone', () => {
    const reported = { ...times, progressed: minute, reported: 100 * minute };
    expect(hangOf({ ...reported, now: 100 * minute + 9_000 })).toBeUndefined();
    expect(hangOf({ ...reported, now: 100 * minute + 11_000 })).toBe(
      'something that a test left open kept Jest from ending',
    );
  });
});
