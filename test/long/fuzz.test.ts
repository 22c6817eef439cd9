/** A fuzzer finds a bug that was planted for it, from its seeds on and within a minute: else its silence proves nothing. */
import { join } from 'node:path';
import { packageRoot } from '../support/process/run-command';

interface Fuzz {
  readonly names: readonly string[];
  readonly findPlanted: (name: string, options: { seconds: number }) => Promise<{ took: number }>;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { findPlanted, names } = require(join(packageRoot, 'scripts/fuzz.js')) as Fuzz;

test.each(names)('the fuzzer %s finds the planted bug within a minute', async (name) => {
  expect((await findPlanted(name, { seconds: 60 })).took).toBeLessThan(70);
});
