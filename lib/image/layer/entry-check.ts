/**
 * What no layer may contain. umoci confines every path to the root, and so unpacks something else than the layer says; an image
 * that tries to get out is refused, with the entry that does so. Pure.
 */
import { TslxcError } from '../../errors';
import { DirectoryCount } from './directory-count';
import type { TarEntry } from './tar-reader';
import { ToldFiles } from './told-files';

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

/** A layer that has been read. */
export interface LayerReading {
  readonly content: LayerContent;
  /** What may be found where it has been unpacked. */
  readonly told: ToldFiles;
}

/** Bytes that an entry takes at least in a file system. */
export const bytesOfEntry = 512;
const longestPath = 4096;
/** Bytes for the links that lead out, and for each beside its path: enough for half a million. */
const mostOutward = 64 * 1024 * 1024;
const overheadOfPath = 64;
const longestName = 255;

/** Counts the entries of a layer, and refuses what it may not hold. */
export class EntryCheck {
  readonly #limits: LayerLimits;
  #bytes = 0;
  #entries = 0;
  #root: LayerContent['root'] = 'inherited';
  /** Symbolic links of the layer that lead out of the root, or would on the host. */
  readonly #outward = new Set<string>();
  #outwardBytes = 0;
  readonly #directories = new DirectoryCount();
  readonly #told = new ToldFiles();

  constructor(limits: LayerLimits) {
    this.#limits = limits;
  }

  get reading(): LayerReading {
    const content = { bytes: this.#bytes, entries: this.#entries, root: this.#root };
    return { content, told: this.#told };
  }

  /** @throws TslxcError OPERATION_DENIED with the entry and the reason. */
  add(entry: TarEntry): void {
    if (entry.name !== rootName) checkPath(entry.name, entry);
    this.#checkWay(entry.name, entry);
    // Types that umoci knows. An archive of a GNU dump, or of several volumes, is no layer.
    if (!'0123456'.includes(entry.type)) refuse(entry, 'is of an unknown kind');
    if (entry.type === '1') {
      checkPath(entry.linkName, entry);
      this.#checkWay(entry.linkName, entry);
    }
    if (entry.isSparse) refuse(entry, 'is sparse');
    const path = plainPath(entry.name);
    checkNames(path, entry);
    this.#count(path, entry);
    this.#told.add(baseOf(path), entry);
    if (path === '') this.#root = 'given';
    if (entry.type === '2' && leadsOut(path, entry.linkName)) this.#addOutward(path, entry);
    else this.#outward.delete(path);
  }

  /** What is remembered is bounded; what a later entry replaces still counts. */
  #addOutward(path: string, entry: TarEntry): void {
    if (this.#outward.has(path)) return;
    this.#outward.add(path);
    this.#outwardBytes += path.length + overheadOfPath;
    if (this.#outwardBytes > mostOutward) refuse(entry, 'is one of too many links out of the root');
  }

  /** Directories that no entry tells are made as well, and take as much. */
  #count(path: string, entry: TarEntry): void {
    const above = entry.type === '1' ? this.#directories.newAbove(plainPath(entry.linkName)) : 0;
    const implied = above + this.#directories.newAbove(path);
    this.#directories.change(path, entry.type);
    this.#entries += 1 + implied;
    this.#bytes += implied * bytesOfEntry + bytesOf(entry);
    const { mostBytes, mostEntries } = this.#limits;
    if (this.#bytes > mostBytes) refuse(entry, `makes it more than ${mostBytes} bytes`);
    if (this.#entries > mostEntries) refuse(entry, `makes it more than ${mostEntries} entries`);
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
      if (this.#outward.has(way))
        refuse(entry, `goes through the link ${shownName(way)} out of the root`);
    }
  }
}

function plainPath(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function bytesOf({ type, size }: TarEntry): number {
  return type === '0' ? Math.max(size, bytesOfEntry) : bytesOfEntry;
}

/** What umoci can't make, or takes for a mark that removes more than it names. */
function checkNames(path: string, entry: TarEntry): void {
  if (path === '' && entry.type !== '5') refuse(entry, 'makes the root something else');
  if (entry.type === '1' && plainPath(entry.linkName) === '') refuse(entry, 'links to the root');
  if (entry.type === '2' && entry.linkName === '') refuse(entry, 'is a link to nothing');
  if (/^\.wh\.(|\.|\.\.)$/.test(baseOf(path))) refuse(entry, 'hides a directory that it lies in');
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

/** The root itself to GNU tar, Go and Docker, as `./` is; `umoci insert` of a folder at `/` writes it. */
const rootName = '/';

/** Other names are relative to the root: they may begin with `./`, and that is all. */
function checkPath(path: string, entry: TarEntry): void {
  if (path.startsWith('/')) refuse(entry, 'has an absolute path');
  const parts = path.split('/');
  if (parts.includes('..')) refuse(entry, "has a path with '..'");
  const isTooLong = path.length > longestPath || parts.some((part) => part.length > longestName);
  if (isTooLong) refuse(entry, 'has a path that no file system takes');
}

function refuse({ name, linkName, type }: TarEntry, why: string): never {
  const shown = shownName(name);
  const link = type === '1' ? ` (a link to ${shownName(linkName)})` : '';
  throw new TslxcError('OPERATION_DENIED', `the layer's entry ${shown}${link} ${why}`);
}

/** Names are bytes, as characters of latin1. */
export function shownName(name: string): string {
  return JSON.stringify(Buffer.from(name, 'latin1').toString('utf8').slice(0, 200));
}
