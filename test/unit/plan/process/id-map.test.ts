/** Which id of the host an id of the container is, at both ends of each range of its map. */
import { hostId, mapLines, planOwnership } from '../../../../lib/plan/process/id-map';

const position = { line: 1, column: 1 };
const ranges = [
  { start: 0, target: 100_000, count: 10, position },
  { start: 1000, target: 5000, count: 1, position },
];

test.each([
  [0, 100_000],
  [9, 100_009],
  [1000, 5000],
])('id %d is %d on the host', (id, expected) => {
  expect(hostId(ranges, id)).toBe(expected);
});

test.each([10, 999, 1001])('id %d, beside a range, is not mapped', (id) => {
  expect(hostId(ranges, id)).toBeUndefined();
});

test('the kernel reads a range a line: inside, outside, count', () => {
  expect(mapLines(ranges)).toBe('0 100000 10\n1000 5000 1\n');
  expect(mapLines()).toBe('');
});

test('entries belong to the ids that the container has for root', () => {
  const idMap = { uids: ranges, gids: [{ start: 0, target: 7, count: 1, position }], position };
  expect(planOwnership(idMap, 'dev', ['null'])).toEqual([
    { op: 'changeOwner', tree: 'dev', path: 'null', uid: 100_000, gid: 7 },
  ]);
  expect(planOwnership(undefined, 'dev', ['null'])).toEqual([]);
});
