/** Exit statuses by the shell's conventions. */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import { CommandError } from './command-error';

/** Of a command that a signal ended: 128 and the signal's number. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Steps that fail for a program, and not for what is around it. */
const executing: readonly unknown[] = ['execute the command', 'execute init', 'find the program'];

/**
 * Of a program that never ran in a container, by the convention of env(1), docker and podman: 127 where there is no such
 * program, 126 where it can't be executed, 125 for every other failure.
 */
export function unrunStatus(error: unknown): number {
  const cause = error instanceof CommandError ? error.cause : error;
  if (!TslxcError.is(cause) || !executing.includes(cause.step)) return 125;
  return cause.errno === constants.errno.ENOENT ? 127 : 126;
}
