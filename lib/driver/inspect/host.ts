/** What this host is: what it offers to domains, what its firmware reports, and how its CPUs and memory are used. */
import { machine } from 'node:os';
import { node, printXml } from '../../domain/xml/print';
import { TslxcError } from '../../errors';
import {
  readNodeCpuStatistics,
  type NodeCpuStatistics,
  type NodeMemoryStatistics,
} from '../../host/kernel/node';
import { readCpuCaches } from '../../host/node/caches';
import { readNodeCells } from '../../host/node/cells';
import { readHostUuid } from '../../host/node/host-uuid';
import { checkCell, pageSizes, readCellMemory } from '../../host/node/pages';
import { suspendTargets } from '../../host/node/sleep';
import { readSmbios, type SmbiosPart } from '../../host/node/smbios';
import { monitorPath } from '../../host/package-paths';
import { exactJson } from '../../exact-json';
import type { Session } from '../session/session';
import { formatCapabilities } from './capabilities';

/** The capabilities of this host, now, as libvirt's `<capabilities>`. */
export function hostCapabilities(session: Session): string {
  const uuid = readHostUuid();
  return formatCapabilities({
    ...(uuid === undefined ? {} : { uuid }),
    machine: machine(),
    pageSizes: pageSizes(),
    suspendTargets: suspendTargets(),
    cells: readNodeCells(),
    caches: readCpuCaches(),
    security: session.hostSecurity(),
    emulator: monitorPath,
  });
}

/**
 * What the firmware reports about the host, as libvirt's `<sysinfo>`.
 *
 * @throws TslxcError CONFIG_UNSUPPORTED when there is none.
 */
export function hostSysinfo(): string {
  const parts = readSmbios();
  if (parts !== undefined) return formatSysinfo(parts);
  throw new TslxcError('CONFIG_UNSUPPORTED', 'Host SMBIOS information is not available');
}

/** Ends with a newline. */
export function formatSysinfo(parts: readonly SmbiosPart[]): string {
  const elements = parts.map(({ element, entries }) =>
    node(
      element,
      {},
      entries.map(([name, value]) => node('entry', name === '' ? {} : { name }, [value])),
    ),
  );
  return printXml(node('sysinfo', { type: 'smbios' }, elements));
}

/** @throws TslxcError INVALID_ARG when there is no such CPU. */
export function nodeCpuStatistics(cpu: number | undefined): NodeCpuStatistics {
  const found = readNodeCpuStatistics(cpu);
  if (found !== undefined) return exactJson(found);
  throw new TslxcError('INVALID_ARG', `Invalid cpuNum ${cpu ?? 'of all'}`);
}

/** @throws TslxcError INVALID_ARG when there is no such NUMA cell. */
export function nodeMemoryStatistics(cell: number | undefined): NodeMemoryStatistics {
  const found = readCellMemory(cell);
  if (found !== undefined) return found;
  throw new TslxcError('INVALID_ARG', `cellNum ${cell ?? 'of all'} is not on this host`);
}

/** KiB of free memory. @throws TslxcError as `checkCell`. */
export function nodeFreeMemory(cell: number | undefined): number {
  checkCell(cell);
  return nodeMemoryStatistics(cell).free;
}
