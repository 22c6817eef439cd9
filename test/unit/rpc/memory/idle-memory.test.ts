/** When the daemon gives memory back, and that nothing wakes it when nothing has happened. */
import { IdleMemory } from '../../../../lib/rpc/memory/idle-memory';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const mebibyte = 1024;

/** A process that holds 20 MiB when nothing is left to be given back, and as much more as a test says. */
class FakeProcess {
  used = 0;
  givenBack = 0;
  stops = 0;
  readonly memory = new IdleMemory({
    held: () => 20 * mebibyte + this.used,
    giveBack: () => {
      this.givenBack += 1;
      this.used = 0;
    },
    stop: () => void (this.stops += 1),
  });

  /** A call that takes so many KiB. */
  call(kibibytes: number): void {
    this.memory.begin();
    this.used += kibibytes;
    this.memory.end();
  }
}

test('memory is given back once, two seconds after the last call, and then nothing wakes it', () => {
  const daemon = new FakeProcess();
  daemon.call(mebibyte);
  jest.advanceTimersByTime(1999);
  expect(daemon.givenBack).toBe(0);
  jest.advanceTimersByTime(1);
  expect(daemon.givenBack).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

test('what takes little after that is no reason to work for it, until it adds up', () => {
  const daemon = new FakeProcess();
  daemon.call(mebibyte);
  jest.advanceTimersByTime(2000);
  for (const expected of [1, 1, 1, 2, 2, 2, 2, 3]) {
    daemon.call(mebibyte / 4);
    jest.advanceTimersByTime(2000);
    expect(daemon.givenBack).toBe(expected);
    expect(jest.getTimerCount()).toBe(0);
  }
});

test('what stays in use is not looked for again', () => {
  const daemon = new FakeProcess();
  daemon.call(mebibyte);
  jest.advanceTimersByTime(2000);
  // It is in use by now, though it was not when memory was given back.
  daemon.used = 5 * mebibyte;
  daemon.memory.touch();
  jest.advanceTimersByTime(2000);
  expect(daemon.givenBack).toBe(1);
});

test('each thing that happens puts it off', () => {
  const daemon = new FakeProcess();
  for (let count = 0; count < 20; count += 1) {
    daemon.call(mebibyte);
    jest.advanceTimersByTime(1500);
    daemon.memory.touch();
    jest.advanceTimersByTime(1500);
  }
  expect(daemon.givenBack).toBe(0);
  jest.advanceTimersByTime(500);
  expect(daemon.givenBack).toBe(1);
});

test('no call under way is held up, however long it takes', () => {
  const daemon = new FakeProcess();
  const { memory } = daemon;
  memory.begin();
  memory.begin();
  daemon.used = 8 * mebibyte;
  jest.advanceTimersByTime(60_000);
  memory.end();
  jest.advanceTimersByTime(60_000);
  expect(daemon.givenBack).toBe(0);
  memory.end();
  jest.advanceTimersByTime(1999);
  expect(daemon.givenBack).toBe(0);
  jest.advanceTimersByTime(1);
  expect(daemon.givenBack).toBe(1);
});

test('nothing is looked at any more once it has stopped, whatever ends late', () => {
  const daemon = new FakeProcess();
  const { memory } = daemon;
  memory.begin();
  daemon.used = 8 * mebibyte;
  memory.stop();
  memory.end();
  memory.touch();
  memory.stop();
  expect(jest.getTimerCount()).toBe(0);
  jest.advanceTimersByTime(60_000);
  expect([daemon.givenBack, daemon.stops]).toEqual([0, 1]);
});
