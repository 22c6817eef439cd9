/** The error for something on the host that the definition names and that can't be looked up. */
import type { SourceLocation } from '../../domain/xml/source-location';
import { describeErrno, describePlace, SyscallError, TslxcError } from '../../errors';

interface Inaccessible {
  /** What was tried, in words: `Unable to access /dev/sdz`. */
  readonly what: string;
  readonly path: string;
  readonly step: string;
  readonly place: SourceLocation;
}

/**
 * `cause` is what a look-up, or node:fs, threw. Returns a SYSTEM_ERROR with errno, path, step, element and position.
 * The error of a look-up that has not answered in time, or was aborted, is returned as it is.
 */
export function inaccessible(
  cause: unknown,
  { what, path, step, place }: Inaccessible,
): TslxcError {
  if (TslxcError.is(cause) && cause.code !== 'SYSTEM_ERROR') return cause;
  const { errno: number = 0, syscall = 'stat' } = cause as NodeJS.ErrnoException;
  // Those of node:fs are negative.
  const errno = Math.abs(number);
  const details = { step, element: place.path, ...place.position };
  return new SyscallError(
    { ...details, errno, syscall, path },
    `${what}: ${describeErrno(errno)} (${describePlace(details)})`,
  );
}
