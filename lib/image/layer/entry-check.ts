/**
 * What no layer may contain. umoci confines every path to the root, and so unpacks something else than the layer says; an image
 * that tries to get out is refused, with the entry that does so. Pure.
 */
import { TslxcError } from '../../errors';
import type { TarEntry } from './tar-reader';

export interface LayerLimits {
  /** Bytes that the layer may unpack to. */
  readonly mostBytes: number;
  readonly mostEntries: number;
}

/** What a layer that has been read holds. */
export interface LayerContent {
  readonly bytes: number;
  readonly entries: number;
  /** Whether it says what owner and mode the root has. */
  readonly root: 'given' | 'inherited';
}

/** Bytes that an entry takes at least in a file system. */
const bytesOfEntry = 512;
const longestPath = 4096;
const longestName = 255;

/** Counts the entries of a layer, and refuses what it may not hold. */
export class EntryCheck {
  readonly #limits: LayerLimits;
  #bytes = 0;
  #entries = 0;
  #root: LayerContent['root'] = 'inherited';
  /** Symbolic links of the layer that lead out of the root, or would on the host. */
  readonly #outward = new Set<string>();

  constructor(limits: LayerLimits) {
    this.#limits = limits;
  }

  get content(): LayerContent {
    return { bytes: this.#bytes, entries: this.#entries, root: this.#root };
  }

  /** @throws TslxcError OPERATION_DENIED with the entry and the reason. */
  add(entry: TarEntry): void {
    checkPath(entry.name, entry);
    this.#checkWay(entry.name, entry);
    if (entry.type === '1') {
      checkPath(entry.linkName, entry);
      this.#checkWay(entry.linkName, entry);
    }
    // Types that umoci knows. An archive of a GNU dump, or of several volumes, is no layer.
    if (!'0123456'.includes(entry.type)) refuse(entry, 'is of an unknown kind');
    if (entry.paxKeys.some((key) => key.startsWith('GNU.sparse'))) refuse(entry, 'is sparse');
    this.#entries += 1;
    this.#bytes += entry.type === '0' ? Math.max(entry.size, bytesOfEntry) : bytesOfEntry;
    const { mostBytes, mostEntries } = this.#limits;
    if (this.#bytes > mostBytes) refuse(entry, `makes it more than ${mostBytes} bytes`);
    if (this.#entries > mostEntries) refuse(entry, `makes it more than ${mostEntries} entries`);
    const path = plainPath(entry.name);
    if (path === '' && entry.type === '5') this.#root = 'given';
    if (entry.type === '2' && leadsOut(path, entry.linkName)) this.#outward.add(path);
    else this.#outward.delete(path);
  }

  /**
   * A link that leads out is harmless by itself: it is only followed inside the container, where nothing is above its root. But
   * an entry beyond such a link would be written by umoci.
   */
  #checkWay(name: string, entry: TarEntry): void {
    if (this.#outward.size === 0) return;
    const parts = plainPath(name).split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const way = parts.slice(0, length).join('/');
      if (this.#outward.has(way)) refuse(entry, `goes through the link '${way}' out of the root`);
    }
  }
}

function plainPath(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function leadsOut(path: string, target: string): boolean {
  if (target.startsWith('/')) return true;
  let depth = path.split('/').length - 1;
  for (const part of target.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Names are relative to the root: they may begin with `./`, and that is all. */
function checkPath(path: string, entry: TarEntry): void {
  if (path.startsWith('/')) refuse(entry, 'has an absolute path');
  const parts = path.split('/');
  if (parts.includes('..')) refuse(entry, "has a path with '..'");
  if (path.includes('\0')) refuse(entry, 'has a name with a zero byte');
  const isTooLong = path.length > longestPath || parts.some((part) => part.length > longestName);
  if (isTooLong) refuse(entry, 'has a path that no file system takes');
}

function refuse({ name, linkName, type }: TarEntry, why: string): never {
  const shown = JSON.stringify(name.slice(0, 200));
  const link = type === '1' ? ` (a link to ${JSON.stringify(linkName.slice(0, 200))})` : '';
  throw new TslxcError('OPERATION_DENIED', `the layer's entry ${shown}${link} ${why}`);
}
