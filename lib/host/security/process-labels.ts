/** The labels of all processes of this host, whoever started them. Only reads, and waits for nobody. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Each once; processes that end meanwhile are left out. Nothing where no module labels processes. */
export function processLabels(folder = '/proc'): Set<string> {
  const labels = new Set<string>();
  for (const pid of readdirSync(folder)) {
    if (!/^\d+$/.test(pid)) continue;
    const label = labelIn(join(folder, pid, 'attr/current'));
    if (label !== '') labels.add(label);
  }
  return labels;
}

/** Of this process; '' where no module labels processes. */
export function ownLabel(): string {
  return labelIn('/proc/self/attr/current');
}

function labelIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/[\0\n][^]*$/, '');
  } catch {
    return '';
  }
}
