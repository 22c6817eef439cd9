/** Where a uuid or an Ethernet address comes from that a text does not have. */
import { createHash } from 'node:crypto';
import { macFromBytes } from '../../domain/interface/mac-address';
import type { ParseContext } from '../../domain/parse';

export type Generators = Pick<ParseContext, 'newUuid' | 'newMac'>;

/** For a file that somebody put there without a uuid or addresses: they have to be the same at each reading. */
export function generatorsOf(path: string): Generators {
  let macs = 0;
  const newMac = (): string => {
    macs += 1;
    return macFromBytes(createHash('sha256').update(`${path} ${macs}`).digest());
  };
  return { newUuid: () => uuidOfPath(path), newMac };
}

/** RFC 9562, version 8. */
function uuidOfPath(path: string): string {
  const digits = createHash('sha256').update(path).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}
