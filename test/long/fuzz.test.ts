/** A fuzzer finds each bug that was planted for it, from its seeds on and within a minute: else its silence proves nothing. */
import { join } from 'node:path';
import { packageRoot } from '../support/process/run-command';

interface Fuzz {
  readonly names: readonly string[];
  readonly findPlanted: (name: string, options: { seconds: number }) => Promise<number[]>;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { findPlanted, names } = require(join(packageRoot, 'scripts/fuzz.js')) as Fuzz;

test.each(names)('the fuzzer %s finds each planted bug within a minute', async (name) => {
  expect(Math.max(...(await findPlanted(name, { seconds: 60 })))).toBeLessThan(70);
});
