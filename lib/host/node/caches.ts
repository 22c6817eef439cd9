/** The caches of the host's CPUs, from level 2 on: those of level 1 belong to one core each. */
import { join } from 'node:path';
import { namesIn } from '../names-in';
import { readAttribute } from './attribute';
import { readCpuMap } from './cpu-map';

/** What is in a cache: the program, what it works with, or both. */
export type CacheType = 'both' | 'code' | 'data';

/** A cache, which CPUs may share. */
export interface CpuCache {
  readonly level: number;
  /** Unique among those of the same level and type. */
  readonly id: number;
  readonly type: CacheType;
  /** KiB. */
  readonly size: number;
  /** The CPUs that share it, as a list of the kernel: `0-3,8`. */
  readonly cpus: string;
}

const lowestLevel = 2;
const kernelFolder = '/sys/devices/system/cpu';

/** The kernel's words for them. */
const types: ReadonlyMap<string, CacheType> = new Map([
  ['Unified', 'both'],
  ['Instruction', 'code'],
  ['Data', 'data'],
]);

/** Each once, by level and then by id. Those without an id are left out: they can't be told from each other. */
export function readCpuCaches(folder = kernelFolder): CpuCache[] {
  const caches = new Map<string, CpuCache>();
  for (const cpu of readCpuMap(folder).online) {
    for (const cache of cachesOf(join(folder, `cpu${cpu}`, 'cache'))) {
      caches.set(JSON.stringify(cache), cache);
    }
  }
  return [...caches.values()].sort((a, b) => a.level - b.level || a.id - b.id);
}

function cachesOf(folder: string): CpuCache[] {
  const names = namesIn(folder).filter((name) => /^index\d+$/.test(name));
  return names.sort().flatMap((name) => readCache(join(folder, name)) ?? []);
}

function readCache(folder: string): CpuCache | undefined {
  const read = (name: string): string => readAttribute(join(folder, name)) ?? '';
  const level = Number(read('level'));
  if (level < lowestLevel) return undefined;
  const id = read('id');
  const type = types.get(read('type'));
  const [, size] = /^(\d+)K$/.exec(read('size')) ?? [];
  if (id === '' || type === undefined || size === undefined) return undefined;
  return { level, id: Number(id), type, size: Number(size), cpus: read('shared_cpu_list') };
}
