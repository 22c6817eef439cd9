/** A run of several commands: all of them run, what each took is said, and failures, budget and limit are told apart. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot } from '../../support/process/run-command';

interface Part {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { runParts } = require(join(packageRoot, 'scripts/parts.js')) as {
  runParts: (parts: readonly Part[], time: { budget: number; limit: number }) => Promise<void>;
};

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { time } = require(join(packageRoot, 'scripts/ci.js')) as {
  time: { budget: number; limit: number };
};

const plenty = { budget: 1, limit: 2 };
const shell = (name: string, script: string): Part => ({ name, argv: ['sh', '-c', script] });

let folder: string;
let said: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-parts-'));
  said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await removeTree(folder);
});

test('what each part took is said, and a part gets its environment', async () => {
  const file = join(folder, 'made');
  await runParts(
    [{ ...shell('one', 'touch "$FILE"'), env: { FILE: file } }, shell('two', ':')],
    plenty,
  );
  expect(existsSync(file)).toBe(true);
  expect(said).toMatch(
    /^==> one: passed, 0\.\d min\n==> two: passed, 0\.\d min\n==> in all: 0\.\d min of 1\n/m,
  );
});

test('a part that fails keeps none of the others from running', async () => {
  const file = join(folder, 'made');
  const running = runParts(
    [shell('one', 'echo one is broken; exit 3'), shell('two', `echo two is fine; touch ${file}`)],
    plenty,
  );
  await expect(running).rejects.toThrow('failed: one');
  expect(existsSync(file)).toBe(true);
  expect(said).toMatch(/^==> one: exit code 3, /m);
});

test('how the output of a failed part ended is said again, after all parts', async () => {
  const long =
    'i=0; while [ $((i += 1)) -le 5000 ]; do echo "line $i"; done; echo broken >&2; exit 1';
  await expect(runParts([shell('one', long), shell('two', 'echo fine')], plenty)).rejects.toThrow(
    'failed: one',
  );
  const [, again = ''] = said.split('==> one failed; its output ended:\n');
  expect(again).toMatch(/^line 4\d{3}$/m);
  expect(again).toMatch(/^line 5000\nbroken$/m);
  expect(again).not.toMatch(/^line 1$|fine/m);
});

test('a part is over when its program is, though a process that it left behind holds its output', async () => {
  const file = join(folder, 'pid');
  await runParts([shell('one', `setsid sleep 600 & echo $! > ${file}`)], plenty);
  expect(process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL')).toBe(true);
});

test('over its budget a run warns, and is as good as its parts', async () => {
  const brief = { budget: 0.001, limit: 1 };
  const warning = /^==> WARNING: it took 0\.\d min, more than the 0\.001 that it should$/m;
  await runParts([shell('one', 'sleep 0.1')], brief);
  expect(said).toMatch(warning);
  said = '';
  await expect(runParts([shell('one', 'sleep 0.1; false')], brief)).rejects.toThrow('failed: one');
  expect(said).toMatch(warning);
});

test('within its budget a run warns of nothing', async () => {
  await runParts([shell('one', ':')], plenty);
  expect(said).toContain('==> in all: ');
  expect(said).not.toContain('WARNING');
});

test('continuous integration warns after 45 minutes, and fails at 80', () => {
  expect(time).toEqual({ budget: 45, limit: 80 });
});

test('at its limit what runs is ended, and the rest is not begun', async () => {
  const file = join(folder, 'made');
  const running = runParts([shell('one', 'sleep 600'), shell('two', `touch ${file}`)], {
    budget: 0.001,
    limit: 0.01,
  });
  await expect(running).rejects.toThrow('failed: one, two');
  expect(existsSync(file)).toBe(false);
  expect(said).toMatch(/^==> one: the time of the whole run is over, /m);
  expect(said).toMatch(/^==> two: not run: the time of the whole run is over, /m);
});
