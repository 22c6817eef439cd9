/**
 * The device that shapes what comes in by an interface. The kernel queues only what goes out by a device: what comes in by
 * one is sent out by another, of the kind ifb(4), which hands it back when its turn has come. It doesn't go with the
 * interface, so that everybody who removes the one has to know the other.
 */
import { createHash } from 'node:crypto';
import type { Link } from '../native';

/** Of an interface: its name, and its address, which its shaper has too. */
export interface Shaped {
  readonly name: string;
  readonly mac: string;
}

/** The kernel's limit for names of interfaces, IFNAMSIZ without the zero at the end. */
const maxName = 15;

/** Name of the shaper of the interface `name`. There is at most one, and it needs no record. */
export function shaperName(name: string): string {
  const plain = `ifb-${name}`;
  if (plain.length <= maxName) return plain;
  return `ifb-${createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, maxName - 'ifb-'.length)}`;
}

/** The shaper itself, and not that of an interface which has had the name before, or has it by now. */
export function findShaper(links: readonly Link[], { name, mac }: Shaped): Link | undefined {
  const wanted = shaperName(name);
  return links.find((link) => link.name === wanted && link.kind === 'ifb' && link.address === mac);
}
