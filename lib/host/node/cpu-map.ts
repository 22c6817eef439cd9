/** Which CPUs the host has, and which of them are online. */
import { readFileSync, readdirSync } from 'node:fs';

/** The host's CPUs by number. */
export interface NodeCpuMap {
  /** How many there are, those that are offline too. */
  readonly present: number;
  /** Numbers of those that are online, in order. */
  readonly online: readonly number[];
}

const kernelFolder = '/sys/devices/system/cpu';

export function readCpuMap(folder = kernelFolder): NodeCpuMap {
  const present = readdirSync(folder).filter((name) => /^cpu\d+$/.test(name)).length;
  return { present, online: parseCpuList(readFileSync(`${folder}/online`, 'latin1')) };
}

/** `0-2,5` → 0, 1, 2, 5. */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
