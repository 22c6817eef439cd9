/** Limits of memory and swap: `<memory>` and `<memtune>`. Pure. */
import { cgroupValue, chosen, kibibytes, type Found } from './cgroup-values';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

export interface MemoryParts {
  readonly memory: PrintableElement;
  /** `<memtune>`, or nothing. */
  readonly tuning: readonly PrintableElement[];
}

/** A domain without a limit gets all memory of the host: `<memory>` is required, and limits. */
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

/** Version 2 limits swap by itself, the element both together. */
function withMemory(swap: Found<number> | undefined, memory: number): Found<number> | undefined {
  return swap && { ...swap, value: swap.value + memory };
}

function kib(name: string, value: number): PrintableElement {
  return node(name, { unit: 'KiB' }, [String(value)]);
}
