/**
 * The helper of a reboot, the init that it starts and the monitor are killed at system calls of theirs: every second one, or
 * 300 of each, evenly spread, which takes about five minutes. TSLXC_TEST_SLICE=1/2 tries the others, 3/20 one of twenty. How many is printed.
 */
import { RestartSweep } from '../support/death/restart-sweep';
import { tryAll } from '../support/death/try-all';
import { containerTest, nothing } from '../support/world/container-test';

const minutes = 60_000;
/** Points of each process: the helper makes from 270 to 1,500 system calls. */
const most = 300;

const [offset = 0, stride = 1] = (process.env['TSLXC_TEST_SLICE'] ?? '0/2').split('/').map(Number);

// The package whose monitor is traced has opened it, too.
containerTest(nothing, { except: ['descriptors'] });

test(
  'SIGKILL at a system call of a reboot leaves a container that runs, or none',
  async () => {
    await using sweep = await RestartSweep.make('deaths-restart');
    const { faults, tried } = await tryAll(sweep, {
      stride: (calls) => Math.max(stride, calls / most),
      offset,
    });
    process.stdout.write(`reboot: ${tried} points\n`);
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(500 / stride);
  },
  12 * minutes,
);
