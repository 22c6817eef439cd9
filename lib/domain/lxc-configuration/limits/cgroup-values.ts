/**
 * The values of lxc.cgroup.* and lxc.cgroup2.*. LXC uses one or the other, depending on the host's cgroup version; a definition
 * has one value for both. Pure.
 */
import { valueError, type Entry } from '../entry';
import type { Scene } from '../scene';

/** A value in the unit of the definition's element, and the entry that it comes from. */
export interface Found<T> {
  readonly value: T;
  readonly entry: Entry;
}

export type Reader<T> = (entry: Entry) => T | undefined;

/** The last value of a cgroup file; undefined if there is none, or if it means no limit. */
export function cgroupValue<T>(
  { settings }: Pick<Scene, 'settings'>,
  key: string,
  read: Reader<T>,
): Found<T> | undefined {
  const entry = settings.take(key);
  const value = entry && read(entry);
  return entry === undefined || value === undefined ? undefined : { value, entry };
}

/** The value for cgroup v2 if there is one, or else that for v1. If the two differ, the one for v1 is reported. */
export function chosen<T>(
  { report }: Pick<Scene, 'report'>,
  v1: Found<T> | undefined,
  v2: Found<T> | undefined,
): T | undefined {
  if (v1 !== undefined && v2 !== undefined && v1.value !== v2.value) {
    const { written, value } = v2.entry;
    report.tell(
      v1.entry,
      `a domain has one limit for both kinds of cgroups, ${written} = ${value}`,
    );
  }
  return (v2 ?? v1)?.value;
}

const scales: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
  p: 1n << 50n,
  e: 1n << 60n,
};

/** Bytes; undefined if the text is not a size. The kernel accepts a unit letter: memparse() of lib/cmdline.c. */
export function bytesOf(text: string): bigint | undefined {
  const [, digits, letter = ''] = /^(\d{1,20})([kmgtpe]?)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : BigInt(digits) * (scales[letter.toLowerCase()] ?? 1n);
}

/** KiB; undefined for no limit. */
export function kibibytes(entry: Entry): number | undefined {
  if (entry.value === 'max' || entry.value === '-1') return undefined;
  const bytes = bytesOf(entry.value);
  if (bytes === undefined) throw valueError(entry, 'not a size');
  // cgroup v1 expresses "no limit" as more bytes than any machine has.
  return bytes >= 1n << 62n ? undefined : Number(bytes / 1024n);
}

/** A whole number; undefined for `max` and -1, which mean no limit. */
export function count(entry: Entry): number | undefined {
  if (entry.value === 'max' || entry.value === '-1') return undefined;
  if (/^\d{1,15}$/.test(entry.value)) return Number(entry.value);
  throw valueError(entry, 'not a number');
}
