/** Removes a temporary tree, but never through a mount that was left in it: that would empty its source. */
import { readFile, rm } from 'node:fs/promises';

export async function removeTree(path: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target === path || target.startsWith(`${path}/`));
  if (mounts.length > 0) throw new Error(`still mounted: ${mounts.join(', ')}`);
  await rm(path, { recursive: true, force: true });
}
