/** Comparing texts line by line, without what is drawn anew each time. */

/** A line that only one side has. */
export interface DifferentLine {
  readonly side: 'libvirt' | 'here';
  readonly line: string;
}

const macPattern = /\b[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}\b/g;

function canonicalMac(mac: string): string {
  return mac
    .split(':')
    .map((byte) => byte.padStart(2, '0').toLowerCase())
    .join(':');
}

/** The uuid of a domain, in its text and in its environment. */
const uuidPattern = /(<uuid>|_uuid=|_UUID=)[0-9a-f-]{36}/g;

/** The ids of a port of a switch. */
const portPattern = /\b(interfaceid|instanceid)='([0-9a-f-]{36})'/g;

/** `text` with words for the uuid, the MAC addresses and the ids of ports that `source` does not give. */
export function withoutRandom(text: string, source: string): string {
  const given = [...source.matchAll(macPattern)].map(([mac]) => canonicalMac(mac));
  const named = source.includes('<uuid>') ? text : text.replace(uuidPattern, '$1GENERATED');
  const plain = named.replace(portPattern, (written, name: string, id: string) =>
    source.includes(id) ? written : `${name}='GENERATED'`,
  );
  return plain.replace(macPattern, (mac) =>
    given.includes(canonicalMac(mac)) ? mac : 'GENERATED',
  );
}

/** The lines that a longest common subsequence leaves over, in order. */
export function differentLines(
  libvirt: readonly string[],
  here: readonly string[],
): DifferentLine[] {
  const lengths = commonLengths(libvirt, here);
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  const found: DifferentLine[] = [];
  let [row, column] = [0, 0];
  while (row < libvirt.length || column < here.length) {
    const [theirs, ours] = [libvirt[row], here[column]];
    if (theirs !== undefined && theirs === ours) {
      [row, column] = [row + 1, column + 1];
    } else if (
      ours === undefined ||
      (theirs !== undefined && at(row + 1, column) >= at(row, column + 1))
    ) {
      found.push({ side: 'libvirt', line: theirs ?? '' });
      row += 1;
    } else {
      found.push({ side: 'here', line: ours });
      column += 1;
    }
  }
  return found;
}

/** By row and column, how many lines the rests of both texts have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0));
  for (let row = a.length - 1; row >= 0; row -= 1) {
    for (let column = b.length - 1; column >= 0; column -= 1) {
      const [below, right] = [table[row + 1]?.[column] ?? 0, table[row]?.[column + 1] ?? 0];
      const both = (table[row + 1]?.[column + 1] ?? 0) + 1;
      (table[row] as number[])[column] = a[row] === b[column] ? both : Math.max(below, right);
    }
  }
  return table;
}
