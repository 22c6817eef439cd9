/** What the files of the host say of its ids. */
import { idsInUse, parseIdMapFile, parseSubordinates } from '../../../../lib/host/kernel/id-ranges';

test('the host’s side of an id map', () => {
  expect(
    parseIdMapFile('         0     300000      65536\n     65536    4000000          1\n'),
  ).toEqual([
    { first: 300_000, count: 65_536 },
    { first: 4_000_000, count: 1 },
  ]);
  expect(parseIdMapFile('')).toEqual([]);
});

test('subordinate ids, with comments and what is no line left out', () => {
  const text = '# users\nalice:100000:65536\n1001:165536:65536\nbroken:x:1\n\n';
  expect(parseSubordinates(text)).toEqual([
    { first: 100_000, count: 65_536 },
    { first: 165_536, count: 65_536 },
  ]);
});

test('this process’s own map takes no ids away', async () => {
  const whole = 2 ** 32 - 1;
  expect((await idsInUse()).filter(({ count }) => count === whole)).toEqual([]);
});
