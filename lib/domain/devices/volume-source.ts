/** `<source pool='…' volume='…'/>` of a disk or a file system: a volume of a storage pool, which a start looks up. Pure. */
import { definitionError } from '../xml/source-location';
import type { LocatedElement } from '../xml/reading';

export interface VolumeSource {
  /** Name of the pool. */
  readonly pool: string;
  /** Name of the volume in it. */
  readonly volume: string;
}

/** The pool of volumes that are named without one, as those of `run -v NAME:TARGET`. */
export const usualPool = 'volumes';

/** Undefined if the element names neither. @throws DefinitionError XML_ERROR, with libvirt's message, if it names only one of the two. */
export function parseVolumeSource(at: LocatedElement | undefined): VolumeSource | undefined {
  const named = (wanted: string): string | undefined =>
    at?.element.attributes.find(({ name }) => name === wanted)?.value;
  const [pool, volume] = [named('pool'), named('volume')];
  if (at === undefined || (pool === undefined && volume === undefined)) return undefined;
  if (pool !== undefined && volume !== undefined) return { pool, volume };
  const detail = "'pool' and 'volume' must be specified together for 'pool' type source";
  throw definitionError('XML_ERROR', detail, at);
}

/**
 * The disk or file system itself, which is no volume: whoever starts or attaches it has looked up what that is on the host, and put it
 * in its place.
 *
 * @throws RangeError for a volume, which would be a fault.
 */
export function lookedUp<T extends { readonly type: string }>(
  device: T,
): Exclude<T, { readonly type: 'volume' }> {
  if (device.type === 'volume') throw new RangeError('a volume has not been looked up');
  return device as Exclude<T, { readonly type: 'volume' }>;
}
