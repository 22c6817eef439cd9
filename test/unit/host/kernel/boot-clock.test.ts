/** lib/host/kernel/boot/boot-clock.ts: how long ago something was, whoever sets the clock. */
import { readFileSync } from 'node:fs';
import {
  bootClock,
  millisecondsBetween,
  thisMoment,
} from '../../../../lib/host/kernel/boot/boot-clock';

test('it is the kernel’s clock of this boot, which another process reads as well', () => {
  // CLOCK_BOOTTIME, in hundredths: ahead of this one by the time that the host was suspended.
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  expect(bootClock()).toBeLessThanOrEqual(uptime + 60_000);
  expect(bootClock()).toBeGreaterThan(0);
  const before = bootClock();
  expect(thisMoment().sinceBoot).toBeGreaterThanOrEqual(before);
});

test.each([
  [
    'on both',
    [
      { time: 100, sinceBoot: 5 },
      { time: 50, sinceBoot: 9 },
    ],
    4,
  ],
  ['with the time of day alone at first', [{ time: 100 }, { time: 150, sinceBoot: 9 }], 50],
  ['with the time of day alone at last', [{ time: 100, sinceBoot: 9 }, { time: 150 }], 50],
] as const)('the time between two moments, %s', (_, [from, to], milliseconds) => {
  expect(millisecondsBetween(from, to)).toBe(milliseconds);
});
