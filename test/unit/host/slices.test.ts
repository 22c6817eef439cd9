/** Work for many, in slices between which the event loop goes on. */
import { Slice, turn } from '../../../lib/host/slices';

/** The clock that a slice reads, which goes on only by work. */
let clock = 0;

beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => clock));

afterEach(() => jest.restoreAllMocks());

function work(milliseconds: number): void {
  clock += milliseconds;
}

/** Iterations of the event loop until the action is done. */
async function iterations(action: () => Promise<unknown>): Promise<number> {
  let count = 0;
  let isOver = false;
  const next = (): void => {
    count += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  await action();
  isOver = true;
  return count;
}

test('one has its turn at once; of hundreds each has one in an iteration, in their order', async () => {
  expect(await iterations(() => turn())).toBe(0);
  const order: number[] = [];
  const all = Array.from({ length: 100 }, async (_, index) => {
    await turn();
    order.push(index);
  });
  expect(await iterations(() => Promise.all(all))).toBeGreaterThanOrEqual(98);
  expect(order).toEqual(order.map((_, index) => index));
});

test('a loop rests after some milliseconds, and not after each step', async () => {
  const loop = async (steps: number, each: number): Promise<void> => {
    const slice = new Slice();
    for (let step = 0; step < steps; step += 1) {
      work(each);
      await slice.rest();
    }
  };
  expect(await iterations(() => loop(100, 0.001))).toBeLessThan(10);
  expect(await iterations(() => loop(20, 5))).toBeGreaterThanOrEqual(19);
});
