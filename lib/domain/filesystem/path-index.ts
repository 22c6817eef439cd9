/** Items by absolute paths, found without comparing each pair: by the path, by those above it, and by those below it. Pure. */
import { foldersAbove, withoutDots } from '../xml/path';

/** Paths are compared as text, without `.` components and redundant slashes. Of several items, the one that was added first counts. */
export class PathIndex<T> {
  readonly #at = new Map<string, T>();
  readonly #below = new Map<string, T>();

  add(path: string, item: T): void {
    addFirst(this.#at, withoutDots(path), item);
    for (const folder of foldersAbove(path)) addFirst(this.#below, folder, item);
  }

  /** An item with a path strictly below the folder. */
  below(folder: string): T | undefined {
    return this.#below.get(withoutDots(folder));
  }

  /** An item with the same path, or with one below or above it. */
  overlapping(path: string): T | undefined {
    const same = this.#at.get(withoutDots(path)) ?? this.below(path);
    if (same !== undefined) return same;
    const folder = foldersAbove(path).find((one) => this.#at.has(one));
    return folder === undefined ? undefined : this.#at.get(folder);
  }
}

function addFirst<T>(items: Map<string, T>, key: string, item: T): void {
  if (!items.has(key)) items.set(key, item);
}
