/** Dynamic labels of eight processes: no two that live are alike, the lower category comes first, and all are given back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { claimByMany } from '../support/many-labels';

test('a hundred thousand labels', async () => {
  const folder = mkdtempSync('/run/tslxc-labels-');
  try {
    const { claimed, left } = await claimByMany({ folder, processes: 8, labels: 12_500 });
    expect(claimed).toBe(100_000);
    expect(left).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
