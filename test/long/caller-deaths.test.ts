/**
 * The caller is killed at system calls of Node’s, all its threads together, spread evenly over a start and a destroy.
 * test/more/container/failpoints.test.ts kills it at each step that matters; this one also at points that no list names.
 * TSLXC_TEST_SLICE=1/4 tries the second quarter of the points.
 */
import { CallerSweep } from '../support/death/caller-sweep';
import { containerTest, nothing } from '../support/world/container-test';

const minutes = 60_000;

/** How many of the system calls are tried, at most. */
const points = 240;

const [offset = 0, slices = 1] = (process.env['TSLXC_TEST_SLICE'] ?? '0/1').split('/').map(Number);

containerTest(nothing);

test(
  'SIGKILL of the caller at any of its system calls leaves all or nothing',
  async () => {
    await using sweep = await CallerSweep.make('caller-deaths');
    const calls = await sweep.record();
    expect(calls).toBeGreaterThan(100);
    const stride = Math.max(1, calls / points);
    const outcomes = { running: 0, gone: 0, unreached: 0 };
    const faults: string[] = [];
    for (let at = 1 + offset * stride; at <= calls && faults.length < 5; at += stride * slices) {
      const index = Math.round(at);
      try {
        outcomes[await sweep.kill(index)] += 1;
      } catch (error) {
        faults.push(`call ${index}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const { running, gone, unreached } = outcomes;
    process.stdout.write(
      `caller: ${running + gone} of ${calls} system calls tried: ${gone} gone, ${running} running; ` +
        `${unreached} not reached\n`,
    );
    expect(faults).toEqual([]);
    expect(running + gone).toBeGreaterThan(0);
    // The container stays at a few of the last calls only: of a slice none may be among them.
    if (slices === 1) expect(Math.min(running, gone)).toBeGreaterThan(0);
  },
  9 * minutes,
);
