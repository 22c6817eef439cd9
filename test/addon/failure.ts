/** What a refused call says, as data to compare. An error of no system call is thrown on. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { TslxcError } from '../../lib/errors';

export interface Failure {
  /** Symbolic: ENOENT. */
  readonly errno: string;
  readonly syscall: string;
  readonly path?: string;
}

export function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (error) {
    return described(error);
  }
  throw new Error('the call was not refused');
}

export async function rejectionOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    return described(error);
  }
  throw new Error('the promise was not rejected');
}

/** libuv has no name for some that only we meet, such as ECHILD. */
function nameOf(errno: number): string {
  const [known] = getSystemErrorMap().get(-errno) ?? [];
  const others = Object.entries(constants.errno);
  return known ?? others.find(([, value]) => value === errno)?.[0] ?? String(errno);
}

function described(error: unknown): Failure {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
  const { errno = 0, syscall = '', path } = error;
  return { errno: nameOf(errno), syscall, ...(path === undefined ? {} : { path }) };
}
