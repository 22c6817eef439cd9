/** Sizes of a spec as elements, and back. Pure. */
import { TslxcError } from '../../errors';
import { node, type PrintableElement } from '../xml/print';
import type { Size } from './spec';

/** `<name unit='MiB'>64</name>`. @throws TslxcError INVALID_ARG. */
export function sizeElement(name: string, size: Size): PrintableElement {
  const { count, unit } = splitSize(name, size);
  return node(name, { unit }, [count]);
}

/** The number, and libvirt's name of the unit. @throws TslxcError INVALID_ARG, whose message begins with `name`. */
export function splitSize(name: string, size: Size): { count: string; unit: string } {
  const [, count, unit] = /^(\d+)(B|[KMGT]iB|[KMGT]B)$/.exec(size) ?? [];
  if (count === undefined || unit === undefined) {
    const detail = `${name} '${size}' is not a whole number with a unit, such as 64MiB`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  return { count, unit: unit === 'B' ? 'bytes' : unit };
}

/** The size in the largest unit of which it is a whole number. */
export function sizeOf(kibibytes: number): Size {
  let [count, unit]: [number, 'KiB' | 'MiB' | 'GiB'] = [kibibytes, 'KiB'];
  for (const larger of ['MiB', 'GiB'] as const) {
    if (count === 0 || count % 1024 !== 0) break;
    [count, unit] = [count / 1024, larger];
  }
  return `${count}${unit}`;
}
