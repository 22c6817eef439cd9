/**
 * Stage 0, the monitor and init are killed at system calls of theirs, spread over a start and a destroy. Whatever the
 * moment, the container runs or is gone, and its name starts again. test/long tries every one.
 */
import { expectHostUnchanged, snapshotHost } from '../support/host-snapshot';
import { startOnce } from '../support/first-start';
import { DeathSweep } from '../support/death/sweep';
import { tryAll } from '../support/death/try-all';

const share = 1 / 16;

beforeAll(startOnce);

test('SIGKILL at any system call of a start or a destroy leaves all or nothing', async () => {
  const before = snapshotHost();
  {
    await using sweep = await DeathSweep.make({ name: 'deaths-sample' });
    const { faults, tried } = await tryAll(sweep, ['stage0', 'monitor', 'init'], share);
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(30);
  }
  await expectHostUnchanged(before, { except: ['descriptors'] });
});
