/** The processors of a container, when its caller may run on one of them only. */
import { readFileSync } from 'node:fs';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { containerTest } from '../support/world/container-test';
import { commandEnvironment, commandLine, runProgram } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';

const world = containerTest(async (keep) => {
  const tree = keep(await makeBusyboxRoot(['sleep']));
  const domain = keep(
    await TestDomain.make({
      name: 'affinity',
      init: '/bin/sleep',
      initArguments: ['100000'],
      filesystems: [{ source: tree.path, target: '/' }],
    }),
  );
  return { domain };
});

function allowed(pid: number | 'self'): string | undefined {
  return /^Cpus_allowed_list:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
}

test('a container has all processors, also when its caller has one of them only', async () => {
  const { domain } = world;
  const onFirst = ['taskset', '-c', '0'];
  const start = [...onFirst, ...commandLine('start', domain.name)];
  const { code, stderr } = await runProgram(start, { env: commandEnvironment(domain.root) });
  expect([code, stderr]).toEqual([0, '']);
  const all = ['taskset', '-c', '0-1023', 'sed', '-n', 's/^Cpus_allowed_list:\\t//p'];
  const { stdout } = await runProgram([...all, '/proc/self/status']);
  expect(allowed(await initOf(domain.name))).toBe(stdout.trim());
  await domain.domain.destroy();
});
