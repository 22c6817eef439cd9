/** How the host's CPUs and memory are used, refused in libvirt's words for a CPU or cell that it does not have. */
import {
  readNodeCpuStatistics,
  readNodeMemoryStatistics,
  type NodeCpuStatistics,
  type NodeMemoryStatistics,
} from '../../host/kernel/node';
import { TslxcError } from '../../errors';

/** @throws TslxcError INVALID_ARG when there is no such CPU. */
export function nodeCpuStatistics(cpu: number | undefined): NodeCpuStatistics {
  const found = readNodeCpuStatistics(cpu);
  if (found !== undefined) return found;
  throw new TslxcError('INVALID_ARG', `Invalid cpuNum ${cpu ?? 'of all'}`);
}

/** @throws TslxcError INVALID_ARG when there is no such NUMA cell. */
export function nodeMemoryStatistics(cell: number | undefined): NodeMemoryStatistics {
  const found = readNodeMemoryStatistics(cell);
  if (found !== undefined) return found;
  throw new TslxcError('INVALID_ARG', `cellNum ${cell ?? 'of all'} is not on this host`);
}
