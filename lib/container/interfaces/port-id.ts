/** The id by which the controller of a switch knows a port, for an interface whose definition has none. */
import { createHash } from 'node:crypto';
import type { PortIdKind } from '../../domain/interface/port/port-ids';

/** A UUID that is a digest of the arguments (RFC 9562, version 8): an interface has the same at each start of its domain. */
export function portId(uuid: string, mac: string, kind: PortIdKind): string {
  const words = kind === 'interface' ? [uuid, mac] : [uuid, mac, kind];
  const digest = createHash('sha256').update(words.join(' ')).digest('hex');
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ].map(([from, to]) => digest.slice(from, to));
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
