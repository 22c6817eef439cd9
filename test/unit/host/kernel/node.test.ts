/** The host as virsh's node commands show it, from the kernel's texts. */
import {
  nodeShape,
  parseCpuStatistics,
  parseMemoryStatistics,
  readNodeInfo,
} from '../../../../lib/host/kernel/node';
import type { CpuPlace } from '../../../../lib/host/kernel/node';

/** Cells, sockets of each, cores of each socket, threads of each core. */
function places(...shape: readonly [number, number, number, number]): CpuPlace[] {
  const [cells, sockets, cores, threads] = shape;
  const all: CpuPlace[] = [];
  for (let cell = 0; cell < cells; cell += 1) {
    for (let socket = 0; socket < sockets; socket += 1) {
      for (let one = 0; one < cores * threads; one += 1) {
        all.push({ cell, socket: cell * sockets + socket, core: one % cores });
      }
    }
  }
  return all;
}

test('cells, sockets, cores and threads are counted', () => {
  const found = nodeShape(places(2, 2, 2, 2));
  expect(found).toEqual({ cpus: 16, cells: 2, sockets: 2, cores: 2, threads: 2 });
  const one = nodeShape(places(1, 1, 2, 1));
  expect(one).toEqual({ cpus: 2, cells: 1, sockets: 1, cores: 2, threads: 1 });
});

test('where they are not the same everywhere, every CPU is a core', () => {
  const found = nodeShape([...places(1, 1, 2, 2), { cell: 0, socket: 0, core: 9 }]);
  expect(found).toEqual({ cpus: 5, cells: 1, sockets: 1, cores: 5, threads: 1 });
});

test('this machine has a shape that makes up its CPUs', () => {
  const { cpus, cells, sockets, cores, threads, memory } = readNodeInfo();
  expect(cells * sockets * cores * threads).toBe(cpus);
  expect(memory).toBeGreaterThan(1024);
});

test('CPU time is in nanoseconds, of one CPU or of all', () => {
  const stat =
    'cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 10 20 30 40 50 60 70 80 0 0\ncpu1 0 0 0 0 0 0 0 0 0 0\nintr 1\n';
  const ticks = 10_000_000n;
  expect(parseCpuStatistics(stat)).toEqual({
    user: 3n * ticks,
    system: 16n * ticks,
    idle: 4n * ticks,
    iowait: 5n * ticks,
  });
  expect(parseCpuStatistics(stat, 0)).toMatchObject({ user: 30n * ticks, iowait: 50n * ticks });
  expect(parseCpuStatistics(stat, 7)).toBeUndefined();
});

test('memory is in KiB, and one cell has neither buffers nor cache', () => {
  const text =
    'MemTotal:       24690000 kB\nMemFree:        123 kB\nBuffers:      7 kB\nCached:      8 kB\n';
  expect(parseMemoryStatistics(text)).toEqual({
    total: 24690000,
    free: 123,
    buffers: 7,
    cached: 8,
  });
  expect(parseMemoryStatistics('MemTotal: 5 kB\nMemFree: 3 kB\n')).toEqual({ total: 5, free: 3 });
});
