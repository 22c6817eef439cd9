/** When the guard of `npm test` says that the library has become slower, and what bounds it makes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

type Ratios = Readonly<Record<string, number>>;

interface Bound {
  readonly ratio: number;
  readonly spread: number;
}

interface Verdict {
  readonly quantity: string;
  readonly best: number;
  readonly limit: number;
  readonly isWorse: boolean;
}

const folder = join(packageRoot, 'scripts/bench');
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { boundsOf, judge } = require(join(folder, 'guard.js')) as {
  boundsOf: (rounds: readonly Ratios[]) => Record<string, Bound>;
  judge: (rounds: readonly Ratios[], bounds: Readonly<Record<string, Bound>>) => Verdict[];
};

const bounds = { start: { ratio: 4, spread: 0.25 } };
const worse = (...rounds: number[]): boolean[] =>
  judge(
    rounds.map((start) => ({ start })),
    bounds,
  ).map(({ isWorse }) => isWorse);

test('the best round counts: what disturbs the others is not its fault', () => {
  expect(worse(9, 7, 4.9)).toEqual([false]);
  expect(worse(5)).toEqual([false]);
});

test('what is half as slow again in every round is found', () => {
  expect(worse(6, 6.4, 5.9)).toEqual([true]);
  const [verdict] = judge([{ start: 6 }], bounds);
  expect(verdict).toMatchObject({ quantity: 'start', best: 6, limit: 5, isWorse: true });
});

const round = (start: number): Ratios => ({ start, destroy: 10, exec: 3, cpu: 5 });

test('a bound is the median of the rounds, with how far they were apart', () => {
  expect(boundsOf([4, 4.4, 4.8].map(round))['start']).toEqual({ ratio: 4.4, spread: 0.18 });
});

test('a spread that is luck is widened, and one that would hide a fault is not believed', () => {
  expect(boundsOf([round(4), round(4)])['start']).toEqual({ ratio: 4, spread: 0.15 });
  expect(boundsOf([round(4), round(8), round(4)])['start']).toEqual({ ratio: 4, spread: 0.3 });
});

test('every stored bound finds what is half as slow again', () => {
  const { about, ...kinds } = JSON.parse(readFileSync(join(folder, 'bounds.json'), 'utf8')) as {
    about: string[];
  } & Record<string, Record<string, Bound>>;
  expect(about.join(' ')).toContain('npm run bench -- --guard --save');
  expect(Object.keys(kinds)).toContain('v1');
  for (const kind of Object.values(kinds)) {
    expect(Object.keys(kind).sort()).toEqual(['cpu', 'destroy', 'exec', 'start']);
    for (const { ratio, spread } of Object.values(kind)) {
      expect(ratio).toBeGreaterThan(1);
      expect(spread).toBeLessThan(0.5);
    }
  }
});
