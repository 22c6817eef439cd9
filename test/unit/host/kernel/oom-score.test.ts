/** lib/host/kernel/oom-score.ts: a score becomes what is wanted, or as near above it as this host allows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setOomScore } from '../../../../lib/host/kernel/oom-score';
import { runChild, source } from '../../driver/source-child';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

test.each([
  [1000, -900],
  [-999, -900],
  [-900, -900],
])('where any score can be set, one of %i becomes %i', (before, wanted) => {
  const file = join(scratchDirectory(), 'oom_score_adj');
  writeFileSync(file, `${before}\n`);
  setOomScore(wanted, file);
  expect(Number(readFileSync(file, 'latin1'))).toBe(wanted);
});

test('the score of a process is lowered as far as it can be', async () => {
  const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'));
  const printed = await runChild(`
    const { readFileSync, writeFileSync } = require('node:fs');
    const file = '/proc/self/oom_score_adj';
    writeFileSync(file, '1000');
    require(${source('host/kernel/oom-score.ts')}).setOomScore(-900);
    console.log(readFileSync(file, 'latin1'));`);
  expect(Number(printed)).toBeLessThanOrEqual(Math.max(own, 0));
});
