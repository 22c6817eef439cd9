/**
 * Where a source of a container lies in its file system: since that may be reached by several paths, only this tells
 * whether one source lies in another.
 */
import { closeSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { isEither } from '../../../domain/xml/path';
import { PathIndex } from '../../../domain/filesystem/path-index';
import { mountOf, placeIn } from '../../../host/kernel/mount-table';
import type { FilesystemPlace, Mount } from '../../../host/kernel/mount-table';
import { O_PATH } from '../../../host/state/open-flags';

export interface OpenSource extends Located {
  /** O_PATH; the caller closes it. */
  readonly fd: number;
  /** Without symbolic links. */
  readonly path: string;
  readonly state: Stats;
  readonly mountPoint: string;
  readonly place: FilesystemPlace;
}

/** Opens a source until it is disposed of. Throws what open(2) says. */
export function openSource(path: string): OpenSource & Disposable {
  const fd = openSync(path, O_PATH);
  const close = (): void => closeSync(fd);
  try {
    return { ...describeSource(fd), [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

export interface Located {
  readonly path: string;
  /** Undefined when it isn't there now, or can't be reached. */
  readonly place?: FilesystemPlace;
}

export function located(path: string): Located {
  try {
    using source = openSource(path);
    return source;
  } catch {
    return { path };
  }
}

/** Whether a walk over one of them would visit the other. */
export function overlaps(one: Located, other: Located): boolean {
  const [a, b] = [one.place, other.place];
  if (a === undefined || b === undefined) return isEither(one.path, other.path);
  return a.device === b.device && isEither(a.path, b.path);
}

/** Sources of which one is found that overlaps another, as `overlaps` says, without comparing each pair. The first one counts. */
export class LocatedIndex<T> {
  readonly #places = new PathIndex<T>();
  readonly #unplaced = new PathIndex<T>();
  readonly #paths = new PathIndex<T>();

  add(where: Located, item: T): void {
    this.#paths.add(where.path, item);
    if (where.place === undefined) this.#unplaced.add(where.path, item);
    else this.#places.add(textOf(where.place), item);
  }

  overlapping({ path, place }: Located): T | undefined {
    if (place === undefined) return this.#paths.overlapping(path);
    return this.#places.overlapping(textOf(place)) ?? this.#unplaced.overlapping(path);
  }
}

/** Places of different file systems are not below each other. */
function textOf({ device, path }: FilesystemPlace): string {
  return `/${device}${path}`;
}

/** The mount point of the file system that a path is in, or would be in. */
export function mountPointOf(path: string): string | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const fd = openSync(folder, O_PATH);
      try {
        return mountOf(fd)?.mountPoint;
      } finally {
        closeSync(fd);
      }
    } catch {
      if (folder === '/') return undefined;
    }
  }
}

function describeSource(fd: number): OpenSource {
  const path = readlinkSync(`/proc/self/fd/${fd}`);
  const mount: Mount = mountOf(fd) ?? { device: '', root: '/', mountPoint: '/' };
  const place = placeIn(mount, path);
  return { fd, path, state: fstatSync(fd), mountPoint: mount.mountPoint, place };
}
