/** A client from which nothing comes is pinged, and then given up. */
import { Keepalive } from '../../../../lib/rpc/server/keepalive';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function watched(isHeard: () => boolean = () => true): {
  keepalive: Keepalive;
  pings: () => number;
  isGivenUp: () => boolean;
} {
  let pings = 0;
  let givenUp = false;
  const keepalive = new Keepalive({
    isHeard,
    ping: () => (pings += 1),
    giveUp: () => (givenUp = true),
  });
  return { keepalive, pings: () => pings, isGivenUp: () => givenUp };
}

test('one that says something in time is never pinged', () => {
  const { keepalive, pings } = watched();
  for (let count = 0; count < 20; count += 1) {
    jest.advanceTimersByTime(4000);
    keepalive.hear();
  }
  expect(pings()).toBe(0);
  keepalive.stop();
});

test('one that answers pings stays', () => {
  const { keepalive, pings, isGivenUp } = watched();
  for (let count = 0; count < 40; count += 1) {
    const before = pings();
    jest.advanceTimersByTime(5000);
    if (pings() > before) keepalive.hear();
  }
  expect(pings()).toBeGreaterThan(10);
  expect(isGivenUp()).toBe(false);
  keepalive.stop();
});

test('one that is silent is given up after five pings, half a minute after its last word', () => {
  const { keepalive, pings, isGivenUp } = watched();
  jest.advanceTimersByTime(25_000);
  expect([pings(), isGivenUp()]).toEqual([5, false]);
  jest.advanceTimersByTime(5000);
  expect([pings(), isGivenUp()]).toEqual([5, true]);
  keepalive.stop();
});

test('one that is not read from, since enough is under way for it, is not given up', () => {
  let isBusy = true;
  const { keepalive, pings, isGivenUp } = watched(() => !isBusy);
  jest.advanceTimersByTime(600_000);
  expect([pings(), isGivenUp()]).toEqual([0, false]);
  isBusy = false;
  jest.advanceTimersByTime(30_000);
  expect([pings(), isGivenUp()]).toEqual([5, true]);
  keepalive.stop();
});

test('pings that one could not be heard to answer are not held against it', () => {
  let isBusy = false;
  const { keepalive, pings, isGivenUp } = watched(() => !isBusy);
  jest.advanceTimersByTime(25_000);
  isBusy = true;
  jest.advanceTimersByTime(5000);
  isBusy = false;
  jest.advanceTimersByTime(25_000);
  expect([pings(), isGivenUp()]).toEqual([10, false]);
  jest.advanceTimersByTime(5000);
  expect(isGivenUp()).toBe(true);
  keepalive.stop();
});

test('one that is gone is not thought of any more', () => {
  const { keepalive, pings } = watched();
  keepalive.stop();
  jest.advanceTimersByTime(60_000);
  expect(pings()).toBe(0);
});
