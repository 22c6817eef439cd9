/** The errors of commands: a message of the command, and the error that caused it. Nothing here prints. */
import { TslxcError } from '../../errors';
import type { ErrorCode } from '../../errors';

/** The command line itself is wrong. Shown as one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CommandErrorOptions {
  /** The error of the library. */
  readonly cause?: unknown;
  /** `hidden`: only the message is shown, as in virsh where the cause would repeat it. */
  readonly causeLine?: 'shown' | 'hidden';
  /** The code for the handshake, if the command itself refuses. Default: that of the cause. */
  readonly code?: ErrorCode;
  /** Exit status of the command. Default: 1. */
  readonly status?: number;
}

/** The command failed. Shown as `error: <message>`, followed by `error: <cause>` if there is a cause. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly causeLine: 'shown' | 'hidden';
  readonly code: ErrorCode;
  readonly status: number | undefined;

  constructor(message: string, options: CommandErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.causeLine = options.causeLine ?? 'shown';
    this.code = options.code ?? codeOf(options.cause);
    this.status = options.status;
  }
}

function codeOf(cause: unknown): ErrorCode {
  const isKnown = TslxcError.is(cause) || cause instanceof CommandError;
  return isKnown ? cause.code : 'OPERATION_FAILED';
}

/** Waits for `action`. If it rejects, throws a CommandError with `message` and that error as its cause. */
export async function withErrorMessage<T>(
  message: string,
  action: () => Promise<T> | T,
): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new CommandError(message, { cause });
  }
}

/** The lines to show, without `error: `. They never contain a stack. */
export function errorLines(error: unknown): string[] {
  const denied = accessDenied(error);
  if (denied !== undefined) return [denied.message];
  if (error instanceof UsageError) return [error.message];
  if (error instanceof CommandError) {
    if (error.cause === undefined) return [error.message];
    // In other words, but with the lines that the cause has: several problems are each on their own.
    if (error.causeLine === 'hidden' && TslxcError.is(error.cause))
      return error.message.split('\n');
    return error.causeLine === 'hidden'
      ? [error.message]
      : [error.message, ...errorLines(error.cause)];
  }
  if (TslxcError.is(error)) return [...error.message.split('\n'), ...lastLines(error)];
  return [`internal error: ${messageOf(error)}`];
}

/** The last lines of the console of a container that has ended. */
function lastLines({ console: lines = [] }: TslxcError): string[] {
  return lines.length === 0 ? [] : ['its console ended with:', ...lines.map((line) => `  ${line}`)];
}

/** Whether virsh prints its empty line to stdout after this error of a command: not if there is no connection. */
export function endsWithBlank(error: unknown): boolean {
  if (accessDenied(error) !== undefined) return false;
  return !TslxcError.is(error instanceof CommandError ? error.cause : error, 'NO_CONNECT');
}

/** The error to show if it is due to missing root privileges: then only it is shown, whatever the command. */
export function accessDenied(error: unknown): TslxcError | undefined {
  const source = error instanceof CommandError ? error.cause : error;
  return TslxcError.is(source, 'ACCESS_DENIED') ? source : undefined;
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error)
    return String(error.message);
  return String(error);
}
