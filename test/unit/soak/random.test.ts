/** Choices by a seed: the same each time, another sequence for each path, and as often as the weights say. */
import { Random } from '../../soak/random';

const draw = (random: Random, times = 50): number[] =>
  Array.from({ length: times }, () => random.below(1000));

test('a seed repeats its choices', () => {
  expect(draw(new Random(7, 'caller', 1))).toEqual(draw(new Random(7, 'caller', 1)));
});

test('another seed, and another path of the same one, choose otherwise', () => {
  const first = draw(new Random(7, 'caller', 1));
  expect(draw(new Random(8, 'caller', 1))).not.toEqual(first);
  expect(draw(new Random(7, 'caller', 2))).not.toEqual(first);
  expect(draw(new Random(7, 'killer'))).not.toEqual(first);
});

test('what is drawn from one path changes nothing of another', () => {
  const expected = draw(new Random(3, 'b'));
  const other = new Random(3, 'b');
  draw(new Random(3, 'a'), 17);
  expect(draw(other)).toEqual(expected);
});

test('numbers are whole, from 0 on and below the limit, and each comes', () => {
  const random = new Random(1);
  const seen = new Set(Array.from({ length: 500 }, () => random.below(7)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('names come as often as their weights say, and never with the weight 0', () => {
  const random = new Random(2);
  const counts = { often: 0, seldom: 0, never: 0 };
  for (let turn = 0; turn < 4000; turn += 1) {
    counts[random.weighted({ often: 3, seldom: 1, never: 0 })] += 1;
  }
  expect(counts.never).toBe(0);
  expect(counts.often / counts.seldom).toBeGreaterThan(2.5);
  expect(counts.often / counts.seldom).toBeLessThan(3.5);
});

test('there is nothing to choose without weights', () => {
  expect(() => new Random(1).weighted({ never: 0 })).toThrow(RangeError);
});
