/** The error of something of the host that the definition names and that can't be looked at. */
import type { SourceLocation } from '../../domain/xml/source-location';
import { describeErrno, describePlace, TslxcError } from '../../errors';

interface Inaccessible {
  /** What was tried, in words: `Unable to access /dev/sdz`. */
  readonly what: string;
  readonly path: string;
  readonly step: string;
  readonly place: SourceLocation;
}

/**
 * `cause` is what a look, or node:fs, threw. SYSTEM_ERROR, with errno, path, step, element and position. The error for what has
 * not answered in time, or of an abort, is returned as it is.
 */
export function inaccessible(
  cause: unknown,
  { what, path, step, place }: Inaccessible,
): TslxcError {
  if (TslxcError.is(cause) && cause.code !== 'SYSTEM_ERROR') return cause;
  const { errno: number = 0, syscall = 'stat' } = cause as NodeJS.ErrnoException;
  // node:fs has negative ones.
  const errno = Math.abs(number);
  const details = { step, element: place.path, ...place.position };
  return new TslxcError(
    'SYSTEM_ERROR',
    `${what}: ${describeErrno(errno)} (${describePlace(details)})`,
    { ...details, errno, syscall, path },
  );
}
