/**
 * Repetitions of what fails only sometimes, or only at some points: a quarter of them in `npm test`, all in `npm run test:long`,
 * and very few in the machines of `npm run test:vm`, where everything takes twenty times as long.
 */
const strides: Readonly<Record<string, number>> = { all: 1, few: 40 };
const stride = strides[process.env['TSLXC_TEST_REPEATS'] ?? ''] ?? 4;

export function repeats(times: number): number {
  return Math.ceil(times / stride);
}

/** One of so many parts of a list, another with each `turn`, so that all are tried over several turns. */
export function someOf<T>(list: readonly T[], turn: number, parts = 4): T[] {
  return list.filter((_, index) => stride === 1 || index % parts === turn % parts);
}
