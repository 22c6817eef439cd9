/** What this process can hand on, as the kernel's text files say it. */
import { execFileSync } from 'node:child_process';
import { parseHardLimits, readPrivileges } from '../../../../lib/host/security/privileges';
import { resourceNumbers } from '../../../../lib/domain/elements/extension/resource-limits';

const unlimited = (1n << 64n) - 1n;

test('every resource that a definition can name is read', () => {
  const { hardLimits } = readPrivileges();
  expect(Object.keys(hardLimits).sort()).toEqual(Object.keys(resourceNumbers).sort());
});

test('the limits are those that the kernel gives a child', () => {
  const asked = execFileSync('bash', ['-c', 'ulimit -Hn; ulimit -Hu; ulimit -Hs; ulimit -Hc']);
  const [nofile, nproc, stack, core] = asked.toString().trim().split('\n');
  const { hardLimits } = readPrivileges();
  const shown = (value = 0n, unit = 1n) => (value === unlimited ? 'unlimited' : `${value / unit}`);
  expect([shown(hardLimits['nofile']), shown(hardLimits['nproc'])]).toEqual([nofile, nproc]);
  expect([shown(hardLimits['stack'], 1024n), shown(hardLimits['core'], 1024n)]).toEqual([
    stack,
    core,
  ]);
});

test('a title that begins another is not taken for it, and what is missing has no limit', () => {
  const text = `Limit                     Soft Limit           Hard Limit           Units
Max open files in jail    1                    1                    files
Max open files            1024                 524288               files
Max nice priority         0                    0                    \n`;
  expect(parseHardLimits(text)).toMatchObject({ nofile: 524_288n, nice: 0n, cpu: unlimited });
});

test('the bounding set has what every root has', () => {
  const { boundingSet, oomScoreAdjust } = readPrivileges();
  expect(boundingSet & (1n << 0n)).toBe(1n);
  expect(Number.isInteger(oomScoreAdjust)).toBe(true);
});
