/** What a run of the tests says of itself: what this host has and lacks. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';
import { removeTree } from '../../support/root/remove-tree';
import { hostHas } from '../../support/world/host-side';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { describeSides } = require(join(packageRoot, 'scripts/host-sides.js')) as {
  describeSides: (notes: string) => string[];
};

test('what tests noted of the host is told once, sorted, and nothing is told of nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-sides-'));
  const { TSLXC_TEST_SIDES } = process.env;
  process.env['TSLXC_TEST_SIDES'] = join(folder, 'sides');
  try {
    for (const [what, has] of Object.entries({ numad: false, BFQ: true, '/dev/rtc0': true })) {
      expect([hostHas(what, () => has), hostHas(what, () => has)]).toEqual([has, has]);
    }
    expect(describeSides(readFileSync(join(folder, 'sides'), 'utf8'))).toEqual([
      'this host has: /dev/rtc0, BFQ',
      'this host lacks: numad',
    ]);
  } finally {
    if (TSLXC_TEST_SIDES === undefined) delete process.env['TSLXC_TEST_SIDES'];
    else process.env['TSLXC_TEST_SIDES'] = TSLXC_TEST_SIDES;
    await removeTree(folder);
  }
  expect(describeSides('')).toEqual([]);
});
