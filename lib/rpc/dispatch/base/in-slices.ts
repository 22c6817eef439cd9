/** Work for many domains, which a single call may ask for. */
import { Slice } from '../../../host/slices';

/** How many are worked for at once. */
const together = 8;

/** Does something for each, for few of them at once, and lets the event loop go on between them. */
export async function inSlices<One, Result>(
  all: readonly One[],
  does: (one: One) => Promise<Result>,
): Promise<Result[]> {
  const slice = new Slice();
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += together) {
    results.push(...(await Promise.all(all.slice(at, at + together).map(does))));
    await slice.rest();
  }
  return results;
}
