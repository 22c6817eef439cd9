/** lib/image/store/layer-store.ts: what an unpacked layer is called. */
import { chainsOf, sha256 } from '../../../../lib/image/store/layer-store';

test('a layer is named after all that it lies on', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(sha256) as [string, string, string];
  const chains = chainsOf([a, b, c]);
  expect(chains[0]).toBe(a);
  expect(chains[1]).toBe(sha256(`${a} ${b}`));
  expect(chains[2]).toBe(sha256(`${chains[1]} ${c}`));
});
