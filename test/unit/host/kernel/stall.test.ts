/** A process that neither reads nor writes has stalled; one that works has not, however long it takes. */
import { readFileSync } from 'node:fs';
import { Stall } from '../../../../lib/host/kernel/stall';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const patience = 1000;

test('as long as it reads, it has not stalled; as soon as it has not for so long, it has', () => {
  const noticed = jest.fn();
  using stall = new Stall(process.pid, patience, noticed);
  for (let looks = 0; looks < 50; looks += 1) {
    readFileSync('package.json');
    jest.advanceTimersByTime(patience / 10);
  }
  expect([stall.isSeen, noticed.mock.calls.length]).toEqual([false, 0]);
  jest.advanceTimersByTime(patience - 1);
  expect(stall.isSeen).toBe(false);
  jest.advanceTimersByTime(1);
  expect([stall.isSeen, noticed.mock.calls.length]).toEqual([true, 1]);
  jest.advanceTimersByTime(10 * patience);
  expect(noticed).toHaveBeenCalledTimes(1);
});

test('of a process that is gone nothing is said', () => {
  const noticed = jest.fn();
  using _stall = new Stall(undefined, patience, noticed);
  jest.advanceTimersByTime(10 * patience);
  expect(noticed).not.toHaveBeenCalled();
});
