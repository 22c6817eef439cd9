/** A cgroup that another program has put a process into, which keeps it from being removed. R8 of the fault model. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupsOf, expectGone } from '../support/world/container-traces';
import { containerTest, nothing } from '../support/world/container-test';
import { hasEnded } from '../support/process/processes';
import { TestDomain } from '../support/domain/test-domain';

containerTest(nothing);

test('a process that another program has put into the cgroup is told of, and not killed', async () => {
  await using container = await TestDomain.make({ name: 'busy-stranger' });
  await container.start();
  const [folder = ''] = cgroupsOf(container.name);
  const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const ended = once(stranger, 'exit');
  writeFileSync(join(folder, 'cgroup.procs'), String(stranger.pid));
  await expect(container.domain.destroy()).rejects.toMatchObject({
    syscall: 'rmdir',
    errno: 16,
    path: expect.stringContaining('busy-stranger') as unknown,
  });
  expect(hasEnded(stranger.pid ?? 0)).toBe(false);
  stranger.kill();
  await ended;
  expect((await container.domain.state()).state).toBe('shutoff');
  await expectGone(container.name);
  expect(readdirSync(join(folder, '..'))).not.toContain('busy-stranger');
  await container.start();
  await container.domain.destroy();
});
