/** What this host is: what it offers to domains, as libvirt's `<capabilities>`, and how its CPUs and memory are used. */
import { readFileSync } from 'node:fs';
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import { TslxcError } from '../../errors';
import {
  readNodeCpuStatistics,
  readNodeInfo,
  readNodeMemoryStatistics,
  type NodeCpuStatistics,
  type NodeInfo,
  type NodeMemoryStatistics,
} from '../../host/kernel/node';
import { monitorPath } from '../../host/package-paths';
import type { HostSecurity } from '../../host/security/host-security';
import { exactJson } from '../exact-json';
import type { Session } from '../session/session';

export interface HostCapabilities {
  readonly node: NodeInfo;
  readonly security: HostSecurity;
  /** Of the monitor. */
  readonly emulator: string;
  readonly uuid?: string;
}

/** The capabilities of this host, now. */
export function hostCapabilities(session: Session): string {
  const uuid = readHostUuid();
  return formatCapabilities({
    node: readNodeInfo(),
    security: session.hostSecurity(),
    emulator: monitorPath,
    ...(uuid === undefined ? {} : { uuid }),
  });
}

/** Ends with a newline. */
export function formatCapabilities({ node: host, security, ...rest }: HostCapabilities): string {
  const { sockets, cores, threads } = host;
  const topology = { sockets, cores, threads };
  const shape = Object.entries(topology).map(([name, count]) => [name, String(count)] as const);
  return printXml(
    node('capabilities', {}, [
      node('host', {}, [
        ...(rest.uuid === undefined ? [] : [text('uuid', rest.uuid)]),
        node('cpu', {}, [text('arch', host.model), node('topology', Object.fromEntries(shape))]),
        formatSecurity(security),
      ]),
      node('guest', {}, [
        text('os_type', 'exe'),
        node('arch', { name: host.model }, [
          text('wordsize', wordSize(host.model)),
          text('emulator', rest.emulator),
          node('domain', { type: 'lxc' }),
        ]),
      ]),
    ]),
  );
}

/** @throws TslxcError INVALID_ARG when there is no such CPU. */
export function nodeCpuStatistics(cpu: number | undefined): NodeCpuStatistics {
  const found = readNodeCpuStatistics(cpu);
  if (found !== undefined) return exactJson(found);
  throw new TslxcError('INVALID_ARG', `Invalid cpuNum ${cpu ?? 'of all'}`);
}

/** @throws TslxcError INVALID_ARG when there is no such NUMA cell. */
export function nodeMemoryStatistics(cell: number | undefined): NodeMemoryStatistics {
  const found = readNodeMemoryStatistics(cell);
  if (found !== undefined) return found;
  throw new TslxcError('INVALID_ARG', `cellNum ${cell ?? 'of all'} is not on this host`);
}

/** The machine's own, from its firmware; only root can read it. */
function readHostUuid(): string | undefined {
  try {
    const uuid = readFileSync('/sys/class/dmi/id/product_uuid', 'utf8').trim().toLowerCase();
    return /^[0-9a-f-]{36}$/.test(uuid) ? uuid : undefined;
  } catch {
    return undefined;
  }
}

function formatSecurity({ model, doi, baseLabel }: HostSecurity): PrintableElement {
  return node('secmodel', {}, [
    text('model', model),
    text('doi', doi),
    ...(baseLabel === undefined ? [] : [node('baselabel', { type: 'lxc' }, [baseLabel])]),
  ]);
}

function text(name: string, content: string): PrintableElement {
  return node(name, {}, [content]);
}

/** The kernel's names of 64-bit machines contain 64, but for these. */
function wordSize(machine: string): string {
  return /64|^(s390x|alpha)$/.test(machine) ? '64' : '32';
}
