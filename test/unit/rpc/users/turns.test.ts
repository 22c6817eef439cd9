/** When the calls of one user's clients begin. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import { Turns } from '../../../../lib/rpc/users/turns';

const bounds = { calls: 4, callsInTurn: 3, turnMilliseconds: 5 };

/** Turns by a clock that the test moves. */
function turnsAt(): { turns: Turns; pass: (milliseconds: number) => void } {
  let time = 0;
  const turns = new Turns(bounds, () => time);
  return { turns, pass: (milliseconds) => (time += milliseconds) };
}

test('so many calls begin in one iteration of the event loop, and others in the next ones', async () => {
  const { turns } = turnsAt();
  const begun: number[] = [];
  for (let call = 0; call < 10; call += 1) {
    const goOn = (): void => {
      if (!turns.isFree) {
        turns.wait(goOn);
        return;
      }
      turns.begin();
      begun.push(call);
      turns.end();
    };
    goOn();
  }
  const counts = [begun.length];
  while (begun.length < 10) {
    await nextIteration();
    counts.push(begun.length);
  }
  expect(counts).toEqual([3, 6, 9, 10]);
  // One after the other.
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a turn is over when its time is, however few calls it had, and has one at least', async () => {
  const { turns, pass } = turnsAt();
  pass(100);
  expect(turns.isFree).toBe(true);
  turns.begin();
  expect(turns.isFree).toBe(true);
  pass(5);
  expect(turns.isFree).toBe(false);
  await nextIteration();
  expect(turns.isFree).toBe(true);
});

test('so many calls are under way, and the next one begins when one of them ends', async () => {
  const { turns } = turnsAt();
  for (let call = 0; call < bounds.calls; call += 1) {
    turns.begin();
    await nextIteration();
  }
  expect(turns.isFree).toBe(false);
  const told: string[] = [];
  const gone = (): void => void told.push('gone');
  turns.wait(gone);
  turns.wait(() => void told.push('first'));
  turns.leave(gone);
  await nextIteration();
  expect(told).toEqual([]);
  turns.end();
  expect(told).toEqual(['first']);
});
