/** When the guard of `npm test` says that the library has become slower, and what bounds it makes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

/** The smallest times of a round, by quantity. */
type Round = Readonly<Record<string, { readonly library: number; readonly floor: number }>>;

interface Bound {
  readonly ratio: number;
  readonly spread: number;
}

interface Verdict {
  readonly quantity: string;
  readonly now: number;
  readonly limit: number;
  readonly isWorse: boolean;
}

const folder = join(packageRoot, 'scripts/bench');
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { boundsOf, judge } = require(join(folder, 'guard.js')) as {
  boundsOf: (rounds: readonly Round[]) => Record<string, Bound>;
  judge: (rounds: readonly Round[], bounds: Readonly<Record<string, Bound>>) => Verdict[];
};

const bounds = { start: { ratio: 4, spread: 0.25 } };

/** Rounds of the library and the floor. */
const rounds = (...times: (readonly [number, number])[]): Round[] =>
  times.map(([library, floor]) => {
    const same = { library, floor };
    return { start: same, destroy: same, exec: same, cpu: same };
  });

test('the smallest times count: what disturbs the library in one round is not its fault', () => {
  const [verdict] = judge(rounds([18, 2], [9, 2]), bounds);
  expect(verdict).toMatchObject({ quantity: 'start', now: 4.5, limit: 5, isWorse: false });
});

test('what disturbs the floor does not make the library look fast', () => {
  const [verdict] = judge(rounds([12, 2], [13, 6]), bounds);
  expect(verdict).toMatchObject({ now: 6, isWorse: true });
});

test('what is half as slow again is found', () => {
  expect(judge(rounds([12, 2]), bounds)).toMatchObject([{ now: 6, limit: 5, isWorse: true }]);
  expect(judge(rounds([10, 2]), bounds)).toMatchObject([{ now: 5, isWorse: false }]);
});

test('a bound is the ratio of all rounds, with how far they were apart', () => {
  const { start } = boundsOf(rounds([8, 2], [8.8, 2], [9.6, 2]));
  expect(start).toEqual({ ratio: 4, spread: 0.18 });
});

test('a spread that is luck is widened, and one that would hide a fault is not believed', () => {
  expect(boundsOf(rounds([8, 2], [8, 2]))['start']).toEqual({ ratio: 4, spread: 0.15 });
  expect(boundsOf(rounds([8, 2], [16, 2]))['start']).toEqual({ ratio: 4, spread: 0.3 });
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
