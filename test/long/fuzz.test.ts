/** A fuzzer finds each bug that was planted for it, from its seeds on and within a minute: else its silence proves nothing. */
import { join } from 'node:path';
import { packageRoot } from '../support/process/run-command';

interface Fuzz {
  readonly names: readonly string[];
  readonly fuzz: (name: string, options: { seconds: number }) => Promise<object>;
  readonly findPlanted: (name: string, options: { seconds: number }) => Promise<number[]>;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { findPlanted, fuzz, names } = require(join(packageRoot, 'scripts/fuzz.js')) as Fuzz;

test('Go and GNU tar find in a layer what its check finds, in the kept corpus and in a minute’s search', async () => {
  expect(await fuzz('archives', { seconds: 60 })).toMatchObject({ finding: undefined });
});

test.each(names)('the fuzzer %s finds each planted bug within a minute', async (name) => {
  expect(Math.max(...(await findPlanted(name, { seconds: 60 })))).toBeLessThan(70);
});
