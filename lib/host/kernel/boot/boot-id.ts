/** The id of this boot of the machine: state of another boot is ignored. */
import { readFileSync } from 'node:fs';

let known: string | undefined;

/** /proc/sys/kernel/random/boot_id (random(4)). */
export function bootId(): string {
  known ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return known;
}
