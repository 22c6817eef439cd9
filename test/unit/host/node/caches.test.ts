/** The caches of a host's CPUs, on files as the kernel shows them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCpuCaches } from '../../../../lib/host/node/caches';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

type Cache = Readonly<Record<string, string | number>>;

/** A host with these caches of each CPU, of which those in `online` are online. */
function host(online: string, ...cpus: readonly (readonly Cache[])[]): string {
  const folder = scratchDirectory();
  writeFileSync(join(folder, 'online'), `${online}\n`);
  cpus.forEach((caches, cpu) => {
    caches.forEach((cache, index) => {
      const place = join(folder, `cpu${cpu}`, 'cache', `index${index}`);
      mkdirSync(place, { recursive: true });
      for (const [name, value] of Object.entries(cache)) {
        writeFileSync(join(place, name), `${value}\n`);
      }
    });
  });
  return folder;
}

function cache(level: number, more: Cache): Cache {
  return { level, type: 'Unified', size: '2048K', ...more };
}

test('each is there once, by level and id, and those of level 1 are not', () => {
  const shared = cache(3, { id: 0, size: '266240K', shared_cpu_list: '0-1' });
  const own = (id: number): Cache[] => [
    cache(1, { id, type: 'Data', shared_cpu_list: id }),
    cache(1, { id, type: 'Instruction', shared_cpu_list: id }),
    cache(2, { id, shared_cpu_list: id }),
  ];
  const folder = host('0-1', [shared, ...own(0)], [...own(1), shared]);
  expect(readCpuCaches(folder)).toEqual([
    { level: 2, id: 0, type: 'both', size: 2048, cpus: '0' },
    { level: 2, id: 1, type: 'both', size: 2048, cpus: '1' },
    { level: 3, id: 0, type: 'both', size: 266240, cpus: '0-1' },
  ]);
});

test('one for the program and one for its data are two, also with the same id', () => {
  const caches = ['Instruction', 'Data'].map((type) =>
    cache(2, { id: 4, type, shared_cpu_list: '0' }),
  );
  expect(readCpuCaches(host('0', caches))).toMatchObject([
    { id: 4, type: 'code' },
    { id: 4, type: 'data' },
  ]);
});

test.each<[string, Cache]>([
  ['without an id', { shared_cpu_list: '0' }],
  ['without a size', { id: 0, size: '' }],
  ['of an unknown type', { id: 0, type: 'Trace' }],
])('one %s is left out', (_what, more) => {
  expect(readCpuCaches(host('0', [cache(2, more)]))).toEqual([]);
});

test('a CPU that is offline is not asked, nor is one without caches', () => {
  const folder = host('1', [cache(2, { id: 0, shared_cpu_list: '0' })]);
  expect(readCpuCaches(folder)).toEqual([]);
});
