/** The stamps of many files, as one survey of them gives them. Pure. */
import type { SightReader } from '../../survey';

/** The stamps that a survey gives, one for each name; a name without a stamp is left out. */
export function stampsIn(
  sights: SightReader,
  names: readonly string[],
): ReadonlyMap<string, Buffer> {
  const stamps = new Map<string, Buffer>();
  for (const name of names) {
    const sight = sights.next();
    if (sight.seen === 'stamp') stamps.set(name, sight.stamp);
  }
  return stamps;
}
