/** When `npm run bench -- --guard` says that the library has become slower, what bounds it makes, and for which machines. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

/** The ratios of a round, by quantity. */
type Round = Readonly<Record<string, number>>;

interface Bound {
  readonly ratio: number;
  readonly spread: number;
}

type Bounds = Readonly<Record<string, Bound>>;

interface Verdict {
  readonly quantity: string;
  readonly now: number;
  readonly limit: number;
  readonly isWorse: boolean;
}

type Samples = Readonly<Record<string, Readonly<Record<'library' | 'floor', readonly number[]>>>>;

const folder = join(packageRoot, 'scripts/bench');
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { boundsFor, boundsOf, judge, ratiosOf } = require(join(folder, 'guard.js')) as {
  boundsFor: (kind: string, all: { kinds: Readonly<Record<string, Bounds>> }) => Bounds;
  boundsOf: (verdicts: readonly (readonly Round[])[]) => Record<string, Bound>;
  judge: (rounds: readonly Round[], bounds: Bounds) => Verdict[];
  ratiosOf: (samples: Samples) => Round;
};
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { kindOf } = require(join(folder, 'machine.js')) as {
  kindOf: (machine: Readonly<Record<string, string | number>>) => string;
};

const bounds = { start: { ratio: 4, spread: 0.25 } };

/** Rounds with these ratios of everything. */
const rounds = (...ratios: readonly number[]): Round[] =>
  ratios.map((ratio) => ({ start: ratio, destroy: ratio, exec: ratio, cpu: ratio }));

test('a round compares the smallest times of both', () => {
  const both = { library: [30, 12, 18], floor: [3, 9, 4] };
  const round = ratiosOf({ start: both, destroy: both, exec: both, cpu: both });
  expect(round).toEqual({ start: 4, destroy: 4, exec: 4, cpu: 4 });
});

test('what disturbs the library in a few rounds is not its fault', () => {
  const [verdict] = judge(rounds(9, 4.5, 4.4, 4.6, 20), bounds);
  expect(verdict).toMatchObject({ quantity: 'start', now: 4.6, limit: 5, isWorse: false });
});

test('a lucky round does not hide that the others are slower', () => {
  expect(judge(rounds(6, 6.1, 3, 6, 6.2), bounds)).toMatchObject([{ now: 6, isWorse: true }]);
});

test('what is half as slow again is found', () => {
  expect(judge(rounds(6), bounds)).toMatchObject([{ now: 6, limit: 5, isWorse: true }]);
  expect(judge(rounds(5), bounds)).toMatchObject([{ now: 5, isWorse: false }]);
});

test('a bound is the median of several verdicts, with how far these were apart', () => {
  const { start } = boundsOf([rounds(4, 4.1, 3.9), rounds(4.4), rounds(3, 3.6, 9)]);
  expect(start).toEqual({ ratio: 4, spread: 0.2 });
});

test('a spread that is luck is widened', () => {
  expect(boundsOf([rounds(4), rounds(4)])['start']).toEqual({ ratio: 4, spread: 0.15 });
});

test('verdicts too far apart to find a fault make no bound', () => {
  expect(() => boundsOf([rounds(4), rounds(4), rounds(5.3)])).toThrow(
    /^nothing is saved: start differed by 32 % .*: npm run bench -- --guard --save$/,
  );
});

test('a kind of machine is its cgroups, its processors and the series of its kernel', () => {
  const machine = { version: 'v2', cores: 4, processor: 'Example 3000', kernel: '6.12.43-amd64' };
  expect(kindOf(machine)).toBe('cgroup v2, 4 × Example 3000, Linux 6.12');
});

test('a kind of machine without bounds is refused, with how to make them', () => {
  expect(boundsFor('a', { kinds: { a: bounds } })).toBe(bounds);
  expect(() => boundsFor('b', { kinds: { a: bounds, c: bounds } })).toThrow(
    'there are no bounds for this kind of machine (b), only for: a; c. To make them, ' +
      'on a machine that does nothing else: npm run bench -- --guard --save',
  );
});

test('every stored bound finds what is half as slow again', () => {
  const { about, kinds } = JSON.parse(readFileSync(join(folder, 'bounds.json'), 'utf8')) as {
    about: string[];
    kinds: Record<string, Bounds>;
  };
  expect(about.join(' ')).toContain('npm run bench -- --guard --save');
  expect(Object.keys(kinds)).not.toEqual([]);
  for (const [name, kind] of Object.entries(kinds)) {
    expect(name).toMatch(/^cgroup v[12], \d+ × .+, Linux \d+\.\d+$/);
    expect(Object.keys(kind).sort()).toEqual(['cpu', 'destroy', 'exec', 'start']);
    for (const { ratio, spread } of Object.values(kind)) {
      expect(ratio).toBeGreaterThan(1);
      expect(spread).toBeLessThanOrEqual(0.3);
    }
  }
});

test('only test:all measures speed: the verdict of npm test and of .ci/run is the same on every machine', () => {
  const text = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
  const files = readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' });
  const tests = files
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('long/'))
    .map((file) => join('test', file));
  const bench = join('scripts', 'bench.js');
  expect(tests.filter((file) => text(file).includes(bench))).toEqual([]);
  expect(text('scripts/ci.js')).not.toContain("'bench'");
  expect(text('scripts/test-all.js')).toContain("script('bench', '--', '--guard')");
  expect(text('scripts/test-all.js')).toContain("script('bench', '--', '--guard', '--control')");
});
