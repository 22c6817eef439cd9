/**
 * The device that shapes incoming packets of an interface. The kernel queues only outgoing packets of a device, so incoming
 * packets are redirected to another one, of the kind ifb(4), which passes them back after the queue. It is not
 * removed with the interface, so code that removes an interface must remove its shaper too.
 */
import { createHash } from 'node:crypto';
import type { Link } from '../native';

/** A shaped interface: its name, and its address, which its shaper has too. */
export interface Shaped {
  readonly name: string;
  readonly mac: string;
}

/** The kernel's limit for names of interfaces, IFNAMSIZ without the terminating zero. */
const maxName = 15;

/** The name of an interface's shaper. It follows from that of the interface, so no record is needed. */
export function shaperName(name: string): string {
  const plain = `ifb-${name}`;
  if (plain.length <= maxName) return plain;
  return `ifb-${createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, maxName - 'ifb-'.length)}`;
}

/** The shaper of this very interface, not of an earlier or later one with the same name. */
export function findShaper(links: readonly Link[], { name, mac }: Shaped): Link | undefined {
  const wanted = shaperName(name);
  return links.find((link) => link.name === wanted && link.kind === 'ifb' && link.address === mac);
}
