/** Failures of a start that may be due to ids of its own, which its definition has not asked for. */
import { constants } from 'node:os';
import { SyscallError } from '../../errors';
import type { TslxcError } from '../../errors';
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
  if (wayBack === '' || !SyscallError.is(error)) return error;
  const { message, errno, syscall, path, step, domain, element, line, column } = error;
  if (!refusals.includes(errno) && ofCalls[syscall]?.includes(errno) !== true) return error;
  const details = present({ path, step, domain, element, line, column });
  return new SyscallError({ errno, syscall, ...details, cause: error }, `${message}${wayBack}`);
}
