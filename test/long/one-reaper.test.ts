/** 500 containers that end at once, with no caller: R16 and the clean-up of the fault model, the whole form. */
import { containerTest, nothing } from '../support/world/container-test';
import { endAllAtOnce } from '../support/death/many-ends';

const minutes = 60_000;
const count = 500;

containerTest(nothing);

test(
  `${count} containers that end with no caller run few reapers, and all are cleaned up`,
  async () => {
    const reapers = await endAllAtOnce('many', count);
    process.stdout.write(`${count} ends, ${reapers} reapers\n`);
    expect(reapers).toBeGreaterThan(0);
    expect(reapers).toBeLessThanOrEqual(40);
  },
  5 * minutes,
);
