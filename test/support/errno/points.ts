/** The points of a sweep: each read of state, with each errno, at each moment; and what came of those that were tried. */
import { errnos } from './injection';
import type { Injection, Read } from './injection';

/** Each failure at once, at the first call only, and at all but the first. */
export const moments = ['1+', '1', '2+'] as const;

/** A third of all points by default, which takes a quarter of an hour; all, in three times as long, with TSLXC_TEST_SLICE=0/1. */
const [offset = 0, slices = 1] = (process.env['TSLXC_TEST_SLICE'] ?? '0/3').split('/').map(Number);

/** What came of one point. */
export interface Tried {
  /** How many calls have failed by it. */
  readonly count: number;
  /** What was wrong; `killed …` when the container has ended. */
  readonly faults: readonly string[];
}

/** The points that this run tries. Each read begins one further, so that no slice has the same errno at each of them. */
function chosenOf(reads: readonly Read[]): Injection[] {
  const ofOne = errnos.length * moments.length;
  return reads
    .flatMap((read) => errnos.flatMap((errno) => moments.map((when) => ({ ...read, errno, when }))))
    .filter((_, index) => (index + Math.floor(index / ofOne)) % slices === offset);
}

/** Tries the points, prints how many, and returns what was wrong. */
export async function sweep(
  title: string,
  reads: readonly Read[],
  tryOne: (injection: Injection) => Promise<Tried>,
): Promise<string[]> {
  const points = chosenOf(reads);
  const wrong: string[] = [];
  let [reached, killed] = [0, 0];
  for (const injection of points) {
    const { count, faults } = await tryOne(injection);
    if (count > 0) reached += 1;
    if (faults.some((fault) => fault.startsWith('killed'))) killed += 1;
    wrong.push(...faults.map((fault) => `${JSON.stringify(injection)}: ${fault}`));
  }
  const counts = `${reads.length} reads × ${errnos.length} errnos × ${moments.length} moments`;
  const found = `${wrong.length} wrong, ${killed} killed`;
  process.stdout.write(
    `${title}: ${counts}; ${points.length} tried, ${reached} with a call that failed; ${found}\n`,
  );
  expect(points.length === 0 || reached > 0).toBe(true);
  return wrong;
}
