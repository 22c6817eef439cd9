/** The bugs that a fuzzer has to find: each is planted by taking out a check that the product has. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Planted {
  readonly file: string;
  readonly check: string;
  readonly instead: string;
}

/* eslint-disable @typescript-eslint/no-require-imports */
const { native, xml } = require(join(packageRoot, 'scripts/fuzz/targets.js')) as Record<
  'native' | 'xml',
  Readonly<Record<string, { readonly planted: readonly Planted[] }>>
>;
const { plantedText } = require(join(packageRoot, 'scripts/fuzz/planted.js')) as {
  plantedText: (planted: Planted) => string;
};
/* eslint-enable @typescript-eslint/no-require-imports */

const all = Object.entries({ ...native, ...xml }).flatMap(([name, { planted }]) =>
  planted.map((one) => ({ name, ...one })),
);

test.each(all)('$name: the source has the check that is taken out of $file', (planted) => {
  expect(plantedText(planted)).toContain(planted.instead);
});

test('every fuzzer has one', () => {
  const without = Object.entries({ ...native, ...xml }).filter(
    ([, { planted }]) => planted.length === 0,
  );
  expect(without.map(([name]) => name)).toEqual([]);
});
