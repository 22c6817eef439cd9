/** 500 containers that end at once, with no caller: R16 and the clean-up of the fault model, the whole form. */
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { endAllAtOnce } from '../support/death/many-ends';

const minutes = 60_000;
const count = 500;

test(
  `${count} containers that end with no caller run few reapers, and all are cleaned up`,
  async () => {
    await startOnce();
    const before = snapshotHost();
    const reapers = await endAllAtOnce('many', count);
    process.stdout.write(`${count} ends, ${reapers} reapers\n`);
    expect(reapers).toBeGreaterThan(0);
    expect(reapers).toBeLessThanOrEqual(40);
    await expectHostUnchanged(before);
  },
  5 * minutes,
);
