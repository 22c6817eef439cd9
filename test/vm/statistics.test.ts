/** What a container uses, with cgroup v2 alone: the kernel's own numbers, and those of loads of known size. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConsoleSession } from '../support/console/console-session';
import { startOnce } from '../support/world/first-start';
import { runProgram } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';

const name = 'statistics';
const cgroup = `/sys/fs/cgroup/libvirt/lxc/${name}`;
const patience = 120_000;
const kept = 32 * 2 ** 20;

/**
 * Says `ready`, and after a line `done`: a second of CPU time, memory, a child that gets too much, and ten threads. Those
 * come last: whatever else wants memory while the kernel takes back the child's is killed as well.
 */
const program = `
import os, threading, time
print('ready', flush=True); input()
end = time.process_time() + 1
while time.process_time() < end: sum(range(20000))
kept = bytearray(b'x') * ${kept}
child = os.fork()
if child == 0:
  more = bytearray(b'x') * ${200 * 2 ** 20}
  os._exit(0)
os.waitpid(child, 0)
for _ in range(10): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print('done', flush=True); input()
`;

beforeAll(startOnce);

test('CPU time, memory, processes, kills and pressure are counted', async () => {
  const asked = ['python3', '-c', 'import sys; print(sys.executable, end="")'];
  const { stdout: init } = await runProgram(asked);
  await using test = await TestDomain.make({
    name,
    memory: 102_400,
    init,
    initArguments: ['-c', program],
  });
  const { domain } = test;
  await domain.start();
  using session = await ConsoleSession.open(domain);
  await session.expect(/ready\r\n/, patience);
  const from = await domain.stats();
  session.enter('');
  await session.expect(/done\r\n/, patience);
  const to = await domain.stats();

  const seconds = Number((to.cpu?.total ?? 0n) - (from.cpu?.total ?? 0n)) / 1e9;
  expect(seconds).toBeGreaterThan(1);
  const read = (file: string): string => readFileSync(join(cgroup, file), 'latin1').trim();
  const [, used = ''] = /^usage_usec (\d+)$/m.exec(read('cpu.stat')) ?? [];
  expect(Number(to.cpu?.total ?? 0n) / 1000).toBeLessThanOrEqual(Number(used));
  const grown = (to.memory?.breakdown.anonymous ?? 0) - (from.memory?.breakdown.anonymous ?? 0);
  expect(grown).toBeGreaterThan(kept * 0.95);
  expect(grown).toBeLessThan(kept * 1.2);
  expect(to.memory?.limit).toBe(Number(read('memory.max')));
  expect(to.memory).toMatchObject({ limit: 102_400 * 1024, oomKills: 1 });
  expect([from.pids?.current, to.pids?.current]).toEqual([1, 11]);
  expect(read('pids.current')).toBe('11');
  expect(to.pressure?.cpu?.some.total).toBeGreaterThanOrEqual(from.pressure?.cpu?.some.total ?? 0n);
  await domain.destroy();
});
