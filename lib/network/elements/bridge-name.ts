/** Names of bridges. Pure. */

/** The lowest `virbrN` that nobody has. */
export function freeBridgeName(taken: ReadonlySet<string>): string {
  for (let number = 0; ; number += 1) {
    const name = `virbr${number}`;
    if (!taken.has(name)) return name;
  }
}
