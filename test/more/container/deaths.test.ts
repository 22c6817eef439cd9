/**
 * Stage 0, the monitor and init are killed at system calls of theirs, spread over a start and a destroy. Whatever the
 * moment, the container runs or is gone, and its name starts again. test/long tries every one.
 */
import { ExecSweep } from '../../support/death/exec-sweep';
import { DeathSweep } from '../../support/death/sweep';
import { tryAll } from '../../support/death/try-all';
import { idMapXml, privateNetworkXml } from '../../support/domain/mapped-domain';
import { containerTest, nothing } from '../../support/world/container-test';

/** Of each process. */
const points = 6;

// The package whose monitor is traced has opened it, too.
containerTest(nothing, { except: ['descriptors'] });

test('SIGKILL at any system call of an exec leaves the container as it was', async () => {
  await using sweep = await ExecSweep.make('deaths-exec');
  const choice = { stride: (calls: number) => calls / 3, offset: 1 };
  const { faults, tried } = await tryAll(sweep, choice);
  expect(faults).toEqual([]);
  expect(tried).toBeGreaterThanOrEqual(10);
});

test('SIGKILL at any system call of a start or a destroy leaves all or nothing', async () => {
  await using sweep = await DeathSweep.make({ name: 'deaths-sample' });
  const choice = { stride: (calls: number) => calls / points, offset: 1 };
  const { faults, tried } = await tryAll(sweep, choice);
  expect(faults).toEqual([]);
  expect(tried).toBeGreaterThanOrEqual(3 * (points - 1));
});

test('an init that dies while the monitor looks for its namespaces is told as such', async () => {
  const elements = `${idMapXml()}\n${privateNetworkXml}`;
  await using sweep = await DeathSweep.make({ name: 'deaths-mapped', elements });
  for (const call of [1, 2, 3]) expect(await sweep.kill('init', call)).toBe('gone');
});
