/** Sizes of a spec as elements, and back. Pure. */
import { node, type PrintableElement } from '../xml/print';
import { scaleOf } from '../xml/scaled-integer';
import type { Size } from './spec';

/** A number and its unit. */
export const sizePattern = /^(\d+)(B|[KMGT]iB|[KMGT]B)$/;

/** `<name unit='MiB'>64</name>`. */
export function sizeElement(name: string, size: Size): PrintableElement {
  const { count, unit } = splitSize(size);
  return node(name, { unit }, [count]);
}

/** The number, and libvirt's name of the unit. */
export function splitSize(size: Size): { count: string; unit: string } {
  const [, count = '', unit = ''] = sizePattern.exec(size) ?? [];
  return { count, unit: unit === 'B' ? 'bytes' : unit };
}

/** KiB, rounded up, as those of an element are. */
export function kibibytesOf(size: Size): number {
  const { count, unit } = splitSize(size);
  return Number((BigInt(count) * (scaleOf(unit) ?? 1n) + 1023n) / 1024n);
}

/** The size in the largest unit of which it is a whole number. */
export function sizeOf(kibibytes: number): Size {
  let [count, unit]: [number, 'KiB' | 'MiB' | 'GiB' | 'TiB'] = [kibibytes, 'KiB'];
  for (const larger of ['MiB', 'GiB', 'TiB'] as const) {
    if (count === 0 || count % 1024 !== 0) break;
    [count, unit] = [count / 1024, larger];
  }
  return `${count}${unit}`;
}
