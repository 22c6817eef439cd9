/** Exit statuses by the shell's conventions. */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import { CommandError } from './command-error';

/** The status of a command that was ended by a signal: 128 plus the signal's number. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Steps whose failure is due to the program itself. */
const executing: readonly unknown[] = ['execute the command', 'execute init', 'find the program'];

/**
 * The status if a program could not be run in a container, by the convention of env(1), docker and podman: 127 if there is no
 * such program, 126 if it can't be executed, 125 for every other failure.
 */
export function unrunStatus(error: unknown): number {
  let cause = error;
  while (cause instanceof CommandError) cause = cause.cause;
  if (!TslxcError.is(cause) || !executing.includes(cause.step)) return 125;
  return cause.errno === constants.errno.ENOENT ? 127 : 126;
}
