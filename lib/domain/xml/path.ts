/** Absolute paths as text. Symbolic links are the kernel's: where they matter, nothing here is asked. */

/** The path without its `.` components, which name nothing, and without slashes that mean nothing. */
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

/** Whether both name the same place. */
export function isSame(path: string, other: string): boolean {
  return withoutDots(path) === withoutDots(other);
}
