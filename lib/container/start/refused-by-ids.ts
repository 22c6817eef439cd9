/** Failures of a start that may be due to ids of its own, which its definition has not asked for. */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import { present } from '../../present';

const { EACCES, EINVAL, ENOSPC, EOVERFLOW, EPERM } = constants.errno;
/** Of Linux; Node.js has no name for it. */
const EUSERS = 87;

/** What the kernel answers those who lack a right over the host's files and namespaces. */
const refusals: readonly number[] = [EPERM, EACCES, EOVERFLOW];

/** What certain calls answer for want of idmapped mounts, and of user namespaces. */
const ofCalls: Readonly<Record<string, readonly number[]>> = {
  mount_setattr: [EINVAL],
  clone3: [ENOSPC, EUSERS],
};

/**
 * The error to throw: if it may be due to the ids, with `wayBack` at its end, which says how the domain starts without them. Without a
 * way back it is `error` itself.
 */
export function withWayBack(error: TslxcError, wayBack: string): TslxcError {
  const { code, message, errno, syscall = '', path, step, domain, element, line, column } = error;
  if (wayBack === '' || code !== 'SYSTEM_ERROR' || errno === undefined) return error;
  if (!refusals.includes(errno) && ofCalls[syscall]?.includes(errno) !== true) return error;
  // A SYSTEM_ERROR has no prefix.
  const details = present({ errno, syscall, path, step, domain, element, line, column });
  return new TslxcError(code, `${message}${wayBack}`, { ...details, cause: error });
}
