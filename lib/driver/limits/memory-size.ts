/** Memory as calls take it, in KiB. */
import { kibibytesOf } from '../../domain/builder/size-element';
import type { MemoryLimit, MemorySize, MemorySizeLimit } from './types';

export function inKibibytes(size: MemorySize): number {
  return typeof size === 'number' ? size : kibibytesOf(size);
}

export function limitInKibibytes(limit: MemorySizeLimit): MemoryLimit {
  return limit === 'unlimited' ? limit : inKibibytes(limit);
}
