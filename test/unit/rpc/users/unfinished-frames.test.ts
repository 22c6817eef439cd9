/** Frames that do not end: how long they are waited for, and how much is kept of them. */
import type { TslxcError } from '../../../../lib/errors';
import { boundsOf } from '../../../../lib/rpc/users/bounds';
import { UnfinishedFrames } from '../../../../lib/rpc/users/unfinished-frames';
import type { FrameOwner } from '../../../../lib/rpc/users/unfinished-frames';

const bounds = { unfinishedBytes: 1000, frameMilliseconds: 30_000 };

interface Owner extends FrameOwner {
  readonly reasons: TslxcError[];
  isHeard: boolean;
}

function owner(longestFrame = 100): Owner {
  const reasons: TslxcError[] = [];
  const giveUpFrame = (reason: TslxcError): void => void reasons.push(reason);
  return { longestFrame, isHeard: true, reasons, giveUpFrame };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('the oldest are given up when all together are too long', () => {
  const frames = new UnfinishedFrames(2000, bounds);
  const owners = Array.from({ length: 14 }, () => owner());
  for (const one of owners) frames.note(one, 50);
  for (const one of owners) frames.note(one, 100);
  // 1,000 bytes beside one frame: eleven of them, and the last ones.
  expect(owners.map(({ reasons }) => reasons.length)).toEqual([
    ...[1, 1, 1],
    ...Array.from({ length: 11 }, () => 0),
  ]);
  expect(owners[0]?.reasons[0]).toMatchObject({
    code: 'RESOURCE_BUSY',
    message:
      'resource busy: user 2000 has 1100 bytes of unfinished messages, the most of a user other than root',
  });
  expect(frames.bytes).toBe(1100);
});

test('one frame may be as long as its client’s may be, beside those of others', () => {
  const frames = new UnfinishedFrames(2000, bounds);
  const [first, second] = [owner(), owner(10_000)];
  frames.note(first, 100);
  frames.note(second, 10_000);
  expect([first, second].map(({ reasons }) => reasons.length)).toEqual([0, 0]);
});

test('one that takes too long is given up, and the time begins with each frame', () => {
  const frames = new UnfinishedFrames(2000, bounds);
  const [slow, busy] = [owner(), owner()];
  frames.note(slow, 10);
  frames.note(busy, 10);
  jest.advanceTimersByTime(29_999);
  frames.note(slow, 20);
  frames.finish(busy);
  frames.note(busy, 10);
  jest.advanceTimersByTime(1);
  expect(slow.reasons[0]?.message).toContain(
    'user 2000 has a message that has been coming for 30 s',
  );
  expect(busy.reasons).toEqual([]);
  expect(frames.bytes).toBe(10);
  jest.advanceTimersByTime(29_999);
  expect(busy.reasons).toHaveLength(1);
  frames.finish(busy);
  expect(frames.bytes).toBe(0);
  expect(jest.getTimerCount()).toBe(0);
});

test('no time passes for one that is not read from, and it has all of it when it is read from again', () => {
  const frames = new UnfinishedFrames(2000, bounds);
  const held = owner();
  frames.note(held, 10);
  jest.advanceTimersByTime(29_999);
  held.isHeard = false;
  jest.advanceTimersByTime(600_000);
  held.isHeard = true;
  frames.beginAgain(held);
  jest.advanceTimersByTime(29_999);
  expect(held.reasons).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(held.reasons).toHaveLength(1);
  frames.beginAgain(held);
  expect(jest.getTimerCount()).toBe(0);
});

test('root’s frames are waited for', () => {
  const frames = new UnfinishedFrames(0, boundsOf(0));
  const root = owner();
  frames.note(root, 2 ** 30);
  jest.advanceTimersByTime(2 ** 30);
  expect(root.reasons).toEqual([]);
});
