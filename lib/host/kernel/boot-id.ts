/** Which boot of this machine it is: state of another boot is never believed. */
import { readFileSync } from 'node:fs';

let known: string | undefined;

/** /proc/sys/kernel/random/boot_id (random(4)). */
export function bootId(): string {
  known ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return known;
}
