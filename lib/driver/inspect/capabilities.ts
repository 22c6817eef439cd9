/** What the host offers to domains, as libvirt's driver for containers writes it: `<capabilities>`. */
import { siblingArchitecture } from '../../domain/elements/os';
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import type { CpuCache } from '../../host/node/caches';
import type { CellCpu, NodeCell } from '../../host/node/cells';
import type { SuspendTarget } from '../../host/node/sleep';
import type { HostSecurity } from '../../host/security/host-security';

export interface HostCapabilities {
  readonly uuid?: string;
  /** uname -m. */
  readonly machine: string;
  /** KiB of a page of each size. */
  readonly pageSizes: readonly number[];
  readonly suspendTargets: readonly SuspendTarget[];
  readonly cells: readonly NodeCell[];
  readonly caches: readonly CpuCache[];
  readonly security: HostSecurity;
  /** Of the monitor. */
  readonly emulator: string;
}

/** Ends with a newline. */
export function formatCapabilities(host: HostCapabilities): string {
  const { machine, emulator } = host;
  const sibling = siblingArchitecture(machine);
  const guests = [machine, ...(sibling === undefined ? [] : [sibling])];
  return printXml({
    ...node('capabilities', {}, [
      formatHost(host),
      ...guests.map((architecture) => formatGuest(architecture, emulator)),
    ]),
    style: 'spaced',
  });
}

function formatHost(host: HostCapabilities): PrintableElement {
  const { uuid, cells, caches } = host;
  const pages = host.pageSizes.map((size) => node('pages', pagesOf(size)));
  const targets = host.suspendTargets.map((target) => node(`suspend_${target}`));
  return node('host', {}, [
    ...(uuid === undefined ? [] : [text('uuid', uuid)]),
    node('cpu', {}, [text('arch', host.machine), ...pages]),
    node('power_management', {}, targets),
    // Containers use none: libvirt's driver for them never looks for one.
    node('iommu', { support: 'no' }),
    node('topology', {}, [node('cells', { num: String(cells.length) }, cells.map(formatCell))]),
    ...(caches.length === 0 ? [] : [node('cache', {}, caches.map(formatCache))]),
    formatSecurity(host.security),
  ]);
}

function formatCell({ id, memory, pages, distances, cpus }: NodeCell): PrintableElement {
  const siblings = distances.map(({ cell, value }) =>
    node('sibling', { id: String(cell), value: String(value) }),
  );
  return node('cell', { id: String(id) }, [
    ...(memory === 0 ? [] : [node('memory', { unit: 'KiB' }, [String(memory)])]),
    ...pages.map(({ size, count }) => node('pages', pagesOf(size), [String(count)])),
    ...(siblings.length === 0 ? [] : [node('distances', {}, siblings)]),
    node('cpus', { num: String(cpus.length) }, cpus.map(formatCpu)),
  ]);
}

function formatCpu({ id, topology }: CellCpu): PrintableElement {
  if (topology === undefined) return node('cpu', { id: String(id) });
  return node('cpu', {
    id: String(id),
    socket_id: String(topology.socket),
    die_id: String(topology.die),
    cluster_id: String(topology.cluster),
    core_id: String(topology.core),
    siblings: topology.siblings,
  });
}

function formatCache({ id, level, type, size, cpus }: CpuCache): PrintableElement {
  const numbers = { id: String(id), level: String(level) };
  return node('bank', { ...numbers, type, ...inLargestUnit(size), cpus });
}

function formatGuest(architecture: string, emulator: string): PrintableElement {
  return node('guest', {}, [
    text('os_type', 'exe'),
    node('arch', { name: architecture }, [
      text('wordsize', wordSize(architecture)),
      text('emulator', emulator),
      node('domain', { type: 'lxc' }),
    ]),
  ]);
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

function pagesOf(kibibytes: number): { readonly unit: string; readonly size: string } {
  return { unit: 'KiB', size: String(kibibytes) };
}

/** In the largest unit of which it is a whole number. */
function inLargestUnit(kibibytes: number): { readonly size: string; readonly unit: string } {
  const [inMebibyte, inGibibyte] = [1024, 1024 ** 2];
  if (kibibytes % inGibibyte === 0) return { size: String(kibibytes / inGibibyte), unit: 'GiB' };
  if (kibibytes % inMebibyte === 0) return { size: String(kibibytes / inMebibyte), unit: 'MiB' };
  return { size: String(kibibytes), unit: 'KiB' };
}

/** The kernel's names of 64-bit machines contain 64, but for these. */
function wordSize(machine: string): string {
  return /64|^(s390x|alpha)$/.test(machine) ? '64' : '32';
}
