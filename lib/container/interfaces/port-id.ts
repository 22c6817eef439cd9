/** The id of a port of a switch, by which a controller knows it, where the definition of its interface has none. */
import { createHash } from 'node:crypto';
import type { PortIdKind } from '../../domain/interface/port/port-ids';

/** A uuid that is a digest of these (RFC 9562, version 8): an interface has the same at each start of its domain. */
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
