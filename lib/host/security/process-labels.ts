/** The labels of all processes of this host. Only reads. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../kernel/text-file';

/** The labels, without those of processes that end meanwhile. Empty if no module labels processes. */
export function processLabels(folder = '/proc'): Set<string> {
  const labels = new Set<string>();
  for (const pid of readdirSync(folder)) {
    if (!/^\d+$/.test(pid)) continue;
    const label = labelIn(join(folder, pid, 'attr/current'));
    if (label !== '') labels.add(label);
  }
  return labels;
}

/** The label of this process; '' if no module labels processes. */
export function ownLabel(): string {
  return labelIn('/proc/self/attr/current');
}

function labelIn(path: string): string {
  return readText(path).replace(/[\0\n][^]*$/, '');
}
