/**
 * Counts the directories that an unpacker makes for the way to an entry, where none tells them: a name of 4096 bytes may be that of
 * two thousand. Never too few; more than there are, only in an archive that jumps between very many directories, or changes links that
 * its names go through. Pure.
 */

/** Characters of all paths that are remembered, and what each takes besides. */
const most = 4 * 1024 * 1024;
const overhead = 32;

export class DirectoryCount {
  /** Directories and links. */
  readonly #known = new Set<string>();
  #characters = 0;

  /** How many directories above are new. `path` is plain, without `.` and empty parts. */
  newAbove(path: string): number {
    let count = 0;
    let end = path.lastIndexOf('/');
    for (; end > 0 && !this.#known.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1)) {
      this.#remember(path.slice(0, end));
      count += 1;
    }
    return count;
  }

  /** To be called for each entry, after `newAbove`. */
  change(path: string, type: string): void {
    const isMark = path.slice(path.lastIndexOf('/') + 1).startsWith('.wh.');
    // What is below may be elsewhere from here on, or gone.
    if (isMark || (type !== '5' && this.#known.has(path))) this.#forget();
    if (type === '5' || type === '2') this.#remember(path);
  }

  #remember(path: string): void {
    if (this.#characters > most) this.#forget();
    this.#known.add(path);
    this.#characters += path.length + overhead;
  }

  #forget(): void {
    this.#known.clear();
    this.#characters = 0;
  }
}
