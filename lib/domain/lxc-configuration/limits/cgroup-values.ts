/**
 * The values of lxc.cgroup.* and lxc.cgroup2.*. LXC takes the ones or the others, as the host has cgroups of version 1 or 2; a
 * definition has one value for both. Pure.
 */
import { valueError, type Entry } from '../entry';
import type { Scene } from '../scene';

/** A value as the elements have it, and the entry that it comes from. */
export interface Found<T> {
  readonly value: T;
  readonly entry: Entry;
}

export type Reader<T> = (entry: Entry) => T | undefined;

/** The last value of a file of cgroups; undefined when there is none, or it means no limit. */
export function cgroupValue<T>(
  { settings }: Pick<Scene, 'settings'>,
  key: string,
  read: Reader<T>,
): Found<T> | undefined {
  const entry = settings.take(key);
  const value = entry && read(entry);
  return entry === undefined || value === undefined ? undefined : { value, entry };
}

/** Of values for the two versions of cgroups that of version 2; where they differ, the other one is told of. */
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

/** Bytes; undefined for what is no size. The kernel reads sizes with a letter: memparse() of lib/cmdline.c. */
export function bytesOf(text: string): bigint | undefined {
  const [, digits, letter = ''] = /^(\d{1,20})([kmgtpe]?)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : BigInt(digits) * (scales[letter.toLowerCase()] ?? 1n);
}

/** KiB; undefined for no limit. */
export function kibibytes(entry: Entry): number | undefined {
  if (entry.value === 'max' || entry.value === '-1') return undefined;
  const bytes = bytesOf(entry.value);
  if (bytes === undefined) throw valueError(entry, 'not a size');
  // What no machine has is how version 1 of cgroups writes that there is no limit.
  return bytes >= 1n << 62n ? undefined : Number(bytes / 1024n);
}

/** A whole number; undefined for `max` and -1, which mean no limit. */
export function count(entry: Entry): number | undefined {
  if (entry.value === 'max' || entry.value === '-1') return undefined;
  if (/^\d{1,15}$/.test(entry.value)) return Number(entry.value);
  throw valueError(entry, 'not a number');
}
