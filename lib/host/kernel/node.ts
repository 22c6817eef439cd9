/** The host as virsh's node commands show it: its CPUs and memory, and their use. */
import { readFileSync, readdirSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { namesIn } from '../names-in';

/** The host's CPUs and memory. */
export interface NodeInfo {
  /** uname -m. */
  readonly model: string;
  /** CPUs that are online. */
  readonly cpus: number;
  /** In MHz; missing if the kernel doesn't tell. */
  readonly mhz?: number;
  /** NUMA cells. */
  readonly cells: number;
  /** Of each cell. */
  readonly sockets: number;
  /** Of each socket. */
  readonly cores: number;
  /** Of each core. */
  readonly threads: number;
  /** KiB. */
  readonly memory: number;
}

/** Nanoseconds since the host's boot. */
export interface NodeCpuStatistics {
  /** In user mode. */
  readonly user: bigint;
  /** In the kernel. */
  readonly system: bigint;
  /** With nothing to do. */
  readonly idle: bigint;
  /** With nothing to do but to wait for I/O. */
  readonly iowait: bigint;
}

/** KiB. */
export interface NodeMemoryStatistics {
  /** All of it. */
  readonly total: number;
  /** What is not used at all. */
  readonly free: number;
  /** Missing for a single NUMA cell: the kernel counts them for the whole host only. */
  readonly buffers?: number;
  /** Page cache; absent for one NUMA cell. */
  readonly cached?: number;
}

const systemFolder = '/sys/devices/system';
const nanosecondsInTick = 10_000_000n;

export function readNodeInfo(): NodeInfo {
  const mhz = /^cpu MHz\s*:\s*(\d+)/m.exec(read('/proc/cpuinfo'))?.[1];
  return {
    model: machine(),
    ...(mhz === undefined ? {} : { mhz: Number(mhz) }),
    ...nodeShape(readCpus()),
    memory: kibibytes(read('/proc/meminfo'), 'MemTotal') ?? 0,
  };
}

/** The position of one CPU in the topology. */
export interface CpuPlace {
  readonly cell: number;
  readonly socket: number;
  readonly core: number;
}

/** The topology. If sockets, cores and threads are not regular: one socket with a core for each CPU, as in libvirt. */
export function nodeShape(
  places: readonly CpuPlace[],
): Pick<NodeInfo, 'cpus' | 'cells' | 'sockets' | 'cores' | 'threads'> {
  const cpus = places.length;
  const cells = groups(places, ({ cell }) => String(cell));
  const sockets = most(cells, ({ socket }) => String(socket));
  const everySocket = cells.flatMap((cell) => groups(cell, ({ socket }) => String(socket)));
  const cores = most(everySocket, ({ core }) => String(core));
  const everyCore = everySocket.flatMap((socket) => groups(socket, ({ core }) => String(core)));
  const threads = Math.max(...everyCore.map(({ length }) => length));
  if (cells.length * sockets * cores * threads === cpus) {
    return { cpus, cells: cells.length, sockets, cores, threads };
  }
  return { cpus, cells: 1, sockets: 1, cores: cpus, threads: 1 };
}

/** The times of one CPU, or of all together; undefined if there is no such CPU. */
export function readNodeCpuStatistics(cpu?: number): NodeCpuStatistics | undefined {
  return parseCpuStatistics(read('/proc/stat'), cpu);
}

/** From the text of /proc/stat (proc_stat(5)). */
export function parseCpuStatistics(stat: string, cpu?: number): NodeCpuStatistics | undefined {
  const line = new RegExp(`^cpu${cpu ?? ''} +(\\d[\\d ]*)$`, 'm').exec(stat)?.[1];
  if (line === undefined) return undefined;
  const ticks = line.split(' ').map(BigInt);
  const time = (...columns: readonly number[]): bigint =>
    columns.reduce((sum, column) => sum + (ticks[column] ?? 0n), 0n) * nanosecondsInTick;
  // user and nice; system, irq and softirq.
  return { user: time(0, 1), system: time(2, 5, 6), idle: time(3), iowait: time(4) };
}

/** The memory of one NUMA cell, or of the host; undefined if there is no such cell. `cells`: the kernel's folder of them. */
export function readNodeMemoryStatistics(
  cell?: number,
  cells = join(systemFolder, 'node'),
): NodeMemoryStatistics | undefined {
  if (cell === undefined) return parseMemoryStatistics(read('/proc/meminfo'));
  const path = join(cells, `node${cell}`, 'meminfo');
  try {
    return parseMemoryStatistics(read(path).replace(/^Node \d+ /gm, ''));
  } catch {
    return undefined;
  }
}

/** From the text of /proc/meminfo (proc_meminfo(5)). */
export function parseMemoryStatistics(meminfo: string): NodeMemoryStatistics {
  const buffers = kibibytes(meminfo, 'Buffers');
  const cached = kibibytes(meminfo, 'Cached');
  return {
    total: kibibytes(meminfo, 'MemTotal') ?? 0,
    free: kibibytes(meminfo, 'MemFree') ?? 0,
    ...(buffers === undefined ? {} : { buffers }),
    ...(cached === undefined ? {} : { cached }),
  };
}

function readCpus(): CpuPlace[] {
  const folder = join(systemFolder, 'cpu');
  const cells = cellsOfCpus();
  return readdirSync(folder).flatMap((name): CpuPlace[] => {
    const number = /^cpu(\d+)$/.exec(name)?.[1];
    const topology = join(folder, name, 'topology');
    if (number === undefined) return [];
    try {
      const socket = Number(read(join(topology, 'physical_package_id')));
      const core = Number(read(join(topology, 'core_id')));
      return [{ cell: cells.get(Number(number)) ?? 0, socket, core }];
    } catch {
      // A CPU that is offline has no topology.
      return [];
    }
  });
}

function cellsOfCpus(): Map<number, number> {
  const cells = new Map<number, number>();
  const folder = join(systemFolder, 'node');
  // Without the folder, the kernel has no NUMA.
  for (const name of namesIn(folder)) {
    const cell = /^node(\d+)$/.exec(name)?.[1];
    if (cell === undefined) continue;
    for (const entry of readdirSync(join(folder, name))) {
      const cpu = /^cpu(\d+)$/.exec(entry)?.[1];
      if (cpu !== undefined) cells.set(Number(cpu), Number(cell));
    }
  }
  return cells;
}

function groups<T>(all: readonly T[], key: (one: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const one of all) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return [...found.values()];
}

function most<T>(all: readonly (readonly T[])[], key: (one: T) => string): number {
  return Math.max(...all.map((some) => groups(some, key).length));
}

function kibibytes(meminfo: string, name: string): number | undefined {
  const digits = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function read(path: string): string {
  return readFileSync(path, 'latin1');
}
