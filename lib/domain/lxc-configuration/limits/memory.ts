/** Limits of memory and swap: `<memory>` and `<memtune>`. Pure. */
import { cgroupValue, chosen, kibibytes, type Found } from './cgroup-values';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

export interface MemoryParts {
  readonly memory: PrintableElement;
  /** `<memtune>`, or nothing. */
  readonly tuning: readonly PrintableElement[];
}

/** Without a limit in the configuration, the limit is all memory of the host, since `<memory>` is required. */
export function convertMemory(scene: Scene): MemoryParts {
  const legacy = (file: string) => cgroupValue(scene, `lxc.cgroup.memory.${file}`, kibibytes);
  const unified = (file: string) => cgroupValue(scene, `lxc.cgroup2.memory.${file}`, kibibytes);
  const limit = chosen(scene, legacy('limit_in_bytes'), unified('max'));
  const soft = chosen(scene, legacy('soft_limit_in_bytes'), unified('high'));
  const swap = unified('swap.max');
  const memory = limit ?? scene.host.memory;
  const together = chosen(scene, legacy('memsw.limit_in_bytes'), withMemory(swap, memory));
  const least = Math.max(Math.min(memory, together ?? memory), 1);
  const limits = [
    ...(soft === undefined ? [] : [kib('soft_limit', soft)]),
    ...(together === undefined ? [] : [kib('swap_hard_limit', together)]),
  ];
  return {
    memory: kib('memory', least),
    tuning: limits.length === 0 ? [] : [node('memtune', {}, limits)],
  };
}

/** cgroup v2 limits swap separately; the element limits memory and swap together. */
function withMemory(swap: Found<number> | undefined, memory: number): Found<number> | undefined {
  return swap && { ...swap, value: swap.value + memory };
}

function kib(name: string, value: number): PrintableElement {
  return node(name, { unit: 'KiB' }, [String(value)]);
}
