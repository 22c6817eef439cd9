/** What failures that the monitor or the attendant of a command reports have in common: the step of a plan, and the wording. */
import { describePlace, errnoName, SyscallError, TslxcError } from '../../errors';
import type { Failure } from '../../errors';
import { describeOperation } from '../../plan/describe';
import type { Operation } from '../../plan/operation';

/** `init step 14 of 52: mount 'dev' at /dev in 'root'`, where `steps` is `init step`. */
export function stepOf(steps: string, operations: readonly Operation[], step: number): string {
  const operation = operations[step];
  const what = operation === undefined ? '' : `: ${describeOperation(operation)}`;
  return `${steps} ${step + 1} of ${operations.length}${what}`;
}

/** An error with these words, followed by the errno and the place; without words, the error of the system call that failed. */
export function reportedFailure(words: string | undefined, details: Failure): TslxcError {
  if (words === undefined) return new SyscallError(details);
  const text = `${words}: ${errnoName(details.errno)} (${describePlace(details)})`;
  return new SyscallError(details, text);
}
