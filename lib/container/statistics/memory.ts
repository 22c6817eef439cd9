/** Memory, from the controller of cgroup v1 or v2. Pure. */
import { present } from '../../present';
import { keyedNumbers, singleNumber, sum } from './parse';
import type { Files } from './parse';
import type { MemoryBreakdown, MemoryStatistics } from './types';

/** v1 has no word for the lack of a limit: it shows the largest number of pages. */
const unlimited = 2 ** 62;

/**
 * @param inner - the cgroup that the container's processes are in, below the one with the limits: in v1 an OOM kill is
 * counted in the former, and not in the latter, and a charge that is refused in the one that refuses it. Undefined where there is no such cgroup.
 */
export function memoryFromV1(
  limited: Files,
  inner: Files | undefined,
): MemoryStatistics | undefined {
  const usage = singleNumber(limited('memory.usage_in_bytes'));
  if (usage === undefined) return undefined;
  const numbers = keyedNumbers(limited('memory.stat'));
  const total = (name: string): number | undefined => numbers.get(`total_${name}`);
  const limit = singleNumber(limited('memory.limit_in_bytes'));
  return present({
    usage,
    limit: limit !== undefined && limit < unlimited ? limit : undefined,
    peak: singleNumber(limited('memory.max_usage_in_bytes')),
    swap: total('swap'),
    oomKills: sum(oomKills(limited), inner && oomKills(inner)),
    limitHits: sum(limitHits(limited), inner && limitHits(inner)),
    breakdown: present({
      anonymous: total('rss'),
      file: total('cache'),
      shared: total('shmem'),
      mapped: total('mapped_file'),
      inactiveFile: total('inactive_file'),
      dirty: total('dirty'),
      writeback: total('writeback'),
      kernel: singleNumber(limited('memory.kmem.usage_in_bytes')),
      faults: total('pgfault'),
      majorFaults: total('pgmajfault'),
      swappedIn: total('pswpin'),
      swappedOut: total('pswpout'),
    }),
  });
}

export function memoryFromV2(unified: Files): MemoryStatistics | undefined {
  const usage = singleNumber(unified('memory.current'));
  if (usage === undefined) return undefined;
  const events = keyedNumbers(unified('memory.events'));
  return present({
    usage,
    limit: singleNumber(unified('memory.max')),
    peak: singleNumber(unified('memory.peak')),
    swap: singleNumber(unified('memory.swap.current')),
    oomKills: events.get('oom_kill'),
    limitHits: events.get('max'),
    breakdown: breakdown(keyedNumbers(unified('memory.stat'))),
  });
}

function breakdown(numbers: ReadonlyMap<string, number>): MemoryBreakdown {
  return present({
    anonymous: numbers.get('anon'),
    file: numbers.get('file'),
    shared: numbers.get('shmem'),
    mapped: numbers.get('file_mapped'),
    inactiveFile: numbers.get('inactive_file'),
    dirty: numbers.get('file_dirty'),
    writeback: numbers.get('file_writeback'),
    kernel: numbers.get('kernel'),
    slab: numbers.get('slab'),
    sockets: numbers.get('sock'),
    faults: numbers.get('pgfault'),
    majorFaults: numbers.get('pgmajfault'),
    swappedIn: numbers.get('pswpin'),
    swappedOut: numbers.get('pswpout'),
  });
}

function limitHits(files: Files): number | undefined {
  return singleNumber(files('memory.failcnt'));
}

function oomKills(files: Files): number | undefined {
  return keyedNumbers(files('memory.oom_control')).get('oom_kill');
}
