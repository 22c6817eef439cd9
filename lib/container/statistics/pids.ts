/** Processes and threads: the controller is the same in cgroup v1 and v2. Pure. */
import { present } from '../../present';
import { keyedNumbers, singleNumber, sum } from './parse';
import type { Files } from './parse';
import type { PidsStatistics } from './types';

/**
 * @param inner - the cgroup that the container's processes are in, below the one with the limits: in v1, and in v2
 * before Linux 6.11, a refused fork is counted in the former, and not in the latter. Undefined where there is no such
 * cgroup.
 */
export function pidsFrom(limited: Files, inner: Files | undefined): PidsStatistics | undefined {
  const current = singleNumber(limited('pids.current'));
  if (current === undefined) return undefined;
  return present({
    current,
    peak: singleNumber(limited('pids.peak')),
    limit: singleNumber(limited('pids.max')),
    refused: sum(refusedForks(limited), inner && refusedForks(inner)),
  });
}

function refusedForks(files: Files): number | undefined {
  return keyedNumbers(files('pids.events')).get('max');
}
