/** What the C library's allocator keeps, in processes of their own: it is a matter of the whole process. */
import { native } from '../../lib/host/native';
import { failureOf } from './failure';
import { runNode } from './node-child';

/** KiB of addresses that glibc sets aside for an arena. */
const arena = 65_536;

/** The KiB of addresses that are taken when a thread allocates that has not done so before. */
async function takenByThread(before: string): Promise<number> {
  const { code, stdout, stderr } = await runNode(`
    // One thread, whose stack is less than an arena. libuv has not begun any yet.
    process.env.UV_THREADPOOL_SIZE = '1';
    const addresses = () => {
      const text = fs.readFileSync('/proc/self/status', 'latin1');
      return Number(/^VmSize:\\s+(\\d+) kB$/m.exec(text)[1]);
    };
    ${before}
    const first = addresses();
    // scandir(3) allocates for each name.
    await fs.promises.readdir('/');
    console.log(addresses() - first);`);
  expect([code, stderr]).toEqual([0, '']);
  return Number(stdout);
}

describe('limitMalloc', () => {
  test('a thread that begins to allocate shares the arena that there is', async () => {
    const limit = 'addon.limitMalloc({ arenas: 1, trimThreshold: 131072 });';
    expect(await takenByThread(limit)).toBeLessThan(arena);
  });

  test('control: without the limit it gets one of its own', async () => {
    expect(await takenByThread('')).toBeGreaterThanOrEqual(arena);
  });

  test('what is not above zero is EINVAL', () => {
    for (const limits of [
      { arenas: 0, trimThreshold: 131_072 },
      { arenas: -1, trimThreshold: 131_072 },
      { arenas: 1, trimThreshold: 0 },
    ]) {
      expect(failureOf(() => native().limitMalloc(limits))).toEqual({
        errno: 'EINVAL',
        syscall: 'mallopt',
      });
    }
  });
});

describe('trimMalloc', () => {
  test('what has been freed between blocks in use is given back', async () => {
    const { stdout, stderr } = await runNode(`
      require('node:v8').setFlagsFromString('--expose-gc');
      const collect = require('node:vm').runInNewContext('gc');
      const resident = () => process.memoryUsage.rss();
      // Too small to be mappings of their own; each tenth stays.
      const block = () => Buffer.allocUnsafeSlow(60_000).fill(1);
      const tenth = () => Array.from({ length: 1000 }, block).filter((_, at) => at % 10 === 0);
      const kept = tenth();
      // The second one begins when the first has freed all.
      collect();
      collect();
      const before = resident();
      const isAny = addon.trimMalloc(0);
      console.log(isAny, before - resident() > 30 * 2 ** 20, kept.length);`);
    expect([stdout, stderr]).toEqual(['true true 100\n', '']);
  });

  test('a negative number is EINVAL', () => {
    expect(failureOf(() => native().trimMalloc(-1))).toEqual({
      errno: 'EINVAL',
      syscall: 'malloc_trim',
    });
  });
});
