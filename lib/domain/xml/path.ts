/** Absolute paths as text. Symbolic links are not resolved: where they matter, the kernel resolves the path. */

/** The path without `.` components and redundant slashes. */
export function withoutDots(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}

/** Whether `path` is strictly below `folder`. */
export function isBelow(path: string, folder: string): boolean {
  const inner = withoutDots(path);
  const outer = withoutDots(folder);
  return inner !== outer && (outer === '/' || inner.startsWith(`${outer}/`));
}

/** The folders that `path` is strictly below, from the next one up to `/`, without `.` components and redundant slashes. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  let folder = withoutDots(path);
  while (folder !== '/') {
    folder = folder.slice(0, folder.lastIndexOf('/')) || '/';
    folders.push(folder);
  }
  return folders;
}

/** Whether `path` is the folder, or below it. */
export function isWithin(path: string, folder: string): boolean {
  return isSame(path, folder) || isBelow(path, folder);
}

/** Whether one of the paths is, or contains, the other. */
export function isEither(one: string, other: string): boolean {
  return isWithin(one, other) || isBelow(other, one);
}

/** Whether both paths are the same, apart from `.` components and redundant slashes. */
export function isSame(path: string, other: string): boolean {
  return withoutDots(path) === withoutDots(other);
}
