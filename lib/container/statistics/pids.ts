/** Processes and threads: the controller is the same in cgroup v1 and v2. Pure. */
import { present } from '../../present';
import { keyedNumbers, singleNumber } from './parse';
import type { Files } from './parse';
import type { PidsStatistics } from './types';

export function pidsFrom(files: Files): PidsStatistics | undefined {
  const current = singleNumber(files('pids.current'));
  if (current === undefined) return undefined;
  return present({
    current,
    peak: singleNumber(files('pids.peak')),
    limit: singleNumber(files('pids.max')),
    refused: keyedNumbers(files('pids.events')).get('max'),
  });
}
