/** lib/host/kernel/oom-score.ts: a score becomes as low as this host allows, and never higher. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../lib/host/package-paths';

/** The score of a process that has raised its own to this, after it was to be lowered. */
function scoreAfter(raised: number, wanted: number): number {
  const module = JSON.stringify(join(packageRoot, 'dist/host/kernel/oom-score.js'));
  const script = `
    const { readFileSync, writeFileSync } = require('node:fs');
    const file = '/proc/self/oom_score_adj';
    writeFileSync(file, '${raised}');
    require(${module}).lowerOomScore(${wanted});
    console.log(readFileSync(file, 'latin1'));`;
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

test('the score is lowered as far as it can be, and one that is lower stays', () => {
  const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'));
  expect(scoreAfter(1000, -900)).toBeLessThanOrEqual(Math.max(own, 0));
  expect(scoreAfter(500, 900)).toBe(500);
});
