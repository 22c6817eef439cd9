/** The processors of a container and of its commands, when the caller may run on one of them only. */
import { readFileSync } from 'node:fs';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { containerTest } from '../support/world/container-test';
import { commandEnvironment, commandLine, runProgram } from '../support/process/run-command';
import { hostHas } from '../support/world/host-side';
import { TestDomain } from '../support/domain/test-domain';

const world = containerTest(async (keep) => {
  const tree = keep(await makeBusyboxRoot(['sleep', 'sed']));
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

test('a container and its commands have all processors, also when the caller has one of them only', async () => {
  const { domain } = world;
  const onFirst = async (...words: string[]): Promise<string> => {
    const line = ['taskset', '-c', '0', ...commandLine(...words)];
    const { code, stdout, stderr } = await runProgram(line, {
      env: commandEnvironment(domain.root),
    });
    expect([code, stderr]).toEqual([0, '']);
    return stdout.trim();
  };
  await onFirst('start', domain.name);
  const list = ['sed', '-n', 's/^Cpus_allowed_list:\\t//p', '/proc/self/status'];
  const { stdout } = await runProgram(['taskset', '-c', '0-1023', ...list]);
  const all = stdout.trim();
  // Where there is one only, this shows nothing.
  hostHas('several processors', () => /[-,]/.test(all));
  expect(allowed(await initOf(domain.name))).toBe(all);
  expect(await onFirst('exec', domain.name, '--', ...list)).toBe(all);
  await domain.domain.destroy();
});
