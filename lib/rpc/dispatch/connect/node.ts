/** The host: its processors and memory, their settings, and suspending it. */
import type { Connection } from '../../../driver/connection';
import { TslxcError } from '../../../errors';
import type { MemoryMerging, MemoryMergingChange } from '../../../host/node/memory-merging';
import { noPageSize } from '../../../host/node/pages';
import type { connectProcedures } from '../../protocol/connect';
import { parameterTypes } from '../../protocol/values';
import type { Parameter } from '../../protocol/values';
import { done } from '../base/call';
import type { Handlers } from '../base/call';
import { WireError } from '../base/wire-error';
import { checkFlags, hasFlag } from '../base/flags';
import { characters } from '../base/characters';
import { asked, numberIn, unsignedHyperOf } from '../base/parameters';

type Names =
  | 'NodeGetInfo'
  | 'NodeGetSecurityModel'
  | 'NodeGetCPUStats'
  | 'NodeGetMemoryStats'
  | 'NodeGetCellsFreeMemory'
  | 'NodeGetFreeMemory'
  | 'NodeGetCPUMap'
  | 'NodeGetMemoryParameters'
  | 'NodeSetMemoryParameters'
  | 'NodeGetFreePages'
  | 'NodeAllocPages'
  | 'NodeSuspendForDuration';

/** In place of the number of a processor or a cell: all of them. */
const all = -1;

const modelLength = 32;
/** The most page counts in one answer, for all sizes and cells together. */
export const mostCells = 1024;
const bytesInKibibyte = 1024n;
const allocation = { set: 1 } as const;
const suspendTargets = ['mem', 'disk', 'hybrid'] as const;

export const nodeHandlers: Handlers<Pick<typeof connectProcedures, Names>> = {
  NodeGetInfo: ({ client }) => {
    const { model, memory, cells: nodes, mhz = 0, ...rest } = client.connection().nodeInfo();
    const name = characters(model.slice(0, modelLength - 1));
    const { cpus, sockets, cores, threads } = rest;
    return {
      model: [...name, ...Array<number>(modelLength - name.length).fill(0)],
      memory: BigInt(memory),
      ...{ cpus, mhz, nodes, sockets, cores, threads },
    };
  },
  NodeGetSecurityModel: async ({ client }) => {
    const { model, doi } = await client.connection().securityModel();
    return { model: characters(model), doi: characters(doi) };
  },
  NodeGetCPUStats: ({ client }, { cpu, most, flags }) => {
    checkFlags(flags, 0, 'virHostCPUGetStats');
    const found = client.connection().nodeCpuStats(cpu === all ? {} : { cpu });
    const statistics = (['kernel', 'user', 'idle', 'iowait'] as const).map((field) => ({
      field,
      value: found[field === 'kernel' ? 'system' : field],
    }));
    return { statistics: asked(statistics, most), count: statistics.length };
  },
  NodeGetMemoryStats: ({ client }, { cell, most, flags }) => {
    checkFlags(flags, 0, 'virHostMemGetStats');
    const found = client.connection().nodeMemoryStats(cell === all ? {} : { cell });
    const statistics = (['total', 'free', 'buffers', 'cached'] as const).flatMap((field) => {
      const value = found[field];
      return value === undefined ? [] : [{ field, value: BigInt(value) }];
    });
    return { statistics: asked(statistics, most), count: statistics.length };
  },
  NodeGetCellsFreeMemory: ({ client }, { first, most }) => {
    const connection = client.connection();
    const cells = connection.nodeCells().filter((cell) => cell >= first);
    // The library refuses one past the last.
    const wanted = cells.length === 0 ? [first] : cells.slice(0, Math.max(0, most));
    return { cells: wanted.map((cell) => freeBytes(connection, { cell })) };
  },
  NodeGetFreeMemory: ({ client }) => ({ free: freeBytes(client.connection(), {}) }),
  NodeGetCPUMap: ({ client }, { needsMap, needsOnline, flags }) => {
    checkFlags(flags, 0, 'virHostCPUGetMap');
    const { present, online } = client.connection().nodeCpuMap();
    return {
      map: needsMap === 0 ? new Uint8Array() : bitMap(online, present),
      online: needsOnline === 0 ? 0 : online.length,
      count: present,
    };
  },
  NodeGetMemoryParameters: ({ client }, { most, flags }) => {
    checkFlags(flags, 4, 'virHostMemGetParameters');
    const parameters = mergingParameters(client.connection().nodeMemoryMerging());
    return { parameters: asked(parameters, most), count: parameters.length };
  },
  NodeSetMemoryParameters: ({ client }, { parameters, flags }) => {
    checkFlags(flags, 0, 'virHostMemSetParameters');
    client.connection().setNodeMemoryMerging(mergingChange(parameters));
    return done;
  },
  NodeGetFreePages: ({ client }, { sizes, firstCell, cells, flags }) => {
    checkFlags(flags, 0, 'virHostMemGetFreePages');
    checkCells(Math.max(1, sizes.length) * cells);
    const connection = client.connection();
    const counts = cellsFrom(firstCell, cells, connection).flatMap((cell) => {
      const of = cell === all ? undefined : cell;
      const pages = connection.nodeFreePages({ cell: of });
      return sizes.map((size) => {
        const found = pages.find((one) => one.size === size);
        if (found !== undefined) return BigInt(found.free);
        throw noPageSize(size, of);
      });
    });
    return { counts };
  },
  NodeAllocPages: ({ client }, { sizes, counts, firstCell, cells, flags }) => {
    checkFlags(flags, allocation.set, 'virHostMemAllocPages');
    checkCells(Math.max(1, sizes.length) * cells);
    const how = hasFlag(flags, allocation.set) ? 'set' : 'add';
    const connection = client.connection();
    let count = 0;
    for (const cell of cellsFrom(firstCell, cells, connection)) {
      sizes.forEach((size, index) => {
        const change = { size, count: Number(counts[index] ?? 0n), how } as const;
        connection.nodeAllocatePages(cell === all ? change : { ...change, cell });
        count += 1;
      });
    }
    return { count };
  },
  NodeSuspendForDuration: async ({ client }, { target, seconds, flags }) => {
    checkFlags(flags, 0, 'virNodeSuspend');
    const word = suspendTargets[target];
    if (word === undefined) throw new TslxcError('INVALID_ARG', 'Invalid target type');
    await client.connection().suspendNode(word, Number(seconds));
    return done;
  },
};

/** @throws TslxcError INTERNAL_ERROR for more counts than a message takes. */
function checkCells(count: number): void {
  if (count > mostCells) throw new TslxcError('INTERNAL_ERROR', 'the result would be too large');
}

/** The cells from the first on, as in libvirt without those past the last one; the first stays, for the library to refuse. */
function cellsFrom(
  first: number,
  count: number,
  connection: Pick<Connection, 'nodeCells'>,
): number[] {
  const last = connection.nodeCells().at(-1) ?? 0;
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  return numbers.filter((cell) => cell === first || cell <= last);
}

function freeBytes(
  connection: { nodeFreeMemory(of: { readonly cell?: number }): number },
  of: { readonly cell?: number },
): bigint {
  return BigInt(connection.nodeFreeMemory(of)) * bytesInKibibyte;
}

/** A bit for each processor, the first one lowest. */
function bitMap(numbers: readonly number[], count: number): Uint8Array {
  const map = new Uint8Array(Math.ceil(count / 8));
  for (const number of numbers) {
    const at = Math.floor(number / 8);
    map[at] = (map[at] ?? 0) | (1 << (number % 8));
  }
  return map;
}

const merging = {
  pagesToScan: 'shm_pages_to_scan',
  sleepMilliseconds: 'shm_sleep_millisecs',
  mergeAcrossNodes: 'shm_merge_across_nodes',
} as const;

const merged = {
  pagesShared: 'shm_pages_shared',
  pagesSharing: 'shm_pages_sharing',
  pagesUnshared: 'shm_pages_unshared',
  pagesVolatile: 'shm_pages_volatile',
  fullScans: 'shm_full_scans',
} as const;

/** In libvirt's order, in which virsh prints them. */
function mergingParameters(found: MemoryMerging): Parameter[] {
  const setting = (name: keyof typeof merging): Parameter[] => {
    const value = found[name];
    return value === undefined
      ? []
      : [{ field: merging[name], value: { type: parameterTypes.uint, value: Number(value) } }];
  };
  const counts = Object.entries(merged).flatMap(([name, field]): Parameter[] => {
    const value = found[name as keyof typeof merged];
    return value === undefined ? [] : [unsignedHyperOf(field, value)];
  });
  return [
    ...setting('pagesToScan'),
    ...setting('sleepMilliseconds'),
    ...counts,
    ...setting('mergeAcrossNodes'),
  ];
}

function mergingChange(parameters: readonly Parameter[]): MemoryMergingChange {
  const known = [merging.pagesToScan, merging.sleepMilliseconds, merging.mergeAcrossNodes];
  const numbers = numberIn(parameters, known);
  const pages = numbers.get(merging.pagesToScan);
  const sleep = numbers.get(merging.sleepMilliseconds);
  const across = numbers.get(merging.mergeAcrossNodes);
  if (across !== undefined && across !== 0 && across !== 1) {
    throw new WireError('INVALID_ARG', `${merging.mergeAcrossNodes} is 0 or 1, not ${across}`);
  }
  return {
    ...(pages === undefined ? {} : { pagesToScan: pages }),
    ...(sleep === undefined ? {} : { sleepMilliseconds: sleep }),
    ...(across === undefined ? {} : { mergeAcrossNodes: across !== 0 }),
  };
}
