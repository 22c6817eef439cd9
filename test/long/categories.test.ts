/** A hundred thousand dynamic labels: no two that live are alike, and all are given back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { claimByMany } from '../support/labels/many-labels';

test('a hundred thousand labels over eight processes', async () => {
  // A file system of memory, as /run is.
  const folder = mkdtempSync('/dev/shm/tslxc-categories-');
  const began = Date.now();
  try {
    const { claimed, left } = await claimByMany({ folder, processes: 8, labels: 12_500 });
    process.stdout.write(`${claimed} labels in ${Date.now() - began} ms\n`);
    expect(claimed).toBe(100_000);
    expect(left).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
