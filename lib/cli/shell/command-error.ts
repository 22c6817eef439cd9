/** What a command rejects with: the line of the command, and the error behind it. Nothing here prints. */
import { TslxcError } from '../../errors';
import type { ErrorCode } from '../../errors';

/** The command line itself is wrong: one line, and no empty line after it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CommandErrorOptions {
  /** What the library said. */
  readonly cause?: unknown;
  /** `hidden`: virsh says only the first line, where the second would say it again. */
  readonly causeLine?: 'shown' | 'hidden';
  /** For the handshake, when the command itself refuses. */
  readonly code?: ErrorCode;
  /** Exit status of the command; 1 when left out. */
  readonly status?: number;
}

/** The command failed: `error: <message>`, then `error: <cause>` where there is one. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly causeLine: 'shown' | 'hidden';
  readonly code: ErrorCode;
  readonly status: number | undefined;

  constructor(message: string, options: CommandErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.causeLine = options.causeLine ?? 'shown';
    this.code = options.code ?? 'OPERATION_FAILED';
    this.status = options.status;
  }
}

/** Waits for `action`; what it rejects with gets `message` as the line before it. */
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

/** The lines to show, without their `error: `. Never a stack. */
export function errorLines(error: unknown): string[] {
  const denied = accessDenied(error);
  if (denied !== undefined) return [denied.message];
  if (error instanceof UsageError) return [error.message];
  if (error instanceof CommandError) {
    const hidden = error.cause === undefined || error.causeLine === 'hidden';
    return hidden ? [error.message] : [error.message, ...errorLines(error.cause)];
  }
  if (TslxcError.is(error)) return [...error.message.split('\n'), ...lastLines(error)];
  return [`internal error: ${messageOf(error)}`];
}

/** What a container that has ended said last. */
function lastLines({ console: lines = [] }: TslxcError): string[] {
  return lines.length === 0 ? [] : ['its console ended with:', ...lines.map((line) => `  ${line}`)];
}

/** Whether virsh puts its empty line on stdout after this error: not before a command has begun. */
export function endsWithBlank(error: unknown): boolean {
  if (error instanceof UsageError || accessDenied(error) !== undefined) return false;
  return !TslxcError.is(error instanceof CommandError ? error.cause : error, 'NO_CONNECT');
}

/** Without root there is one thing to say, whichever command it was. */
function accessDenied(error: unknown): TslxcError | undefined {
  const source = error instanceof CommandError ? error.cause : error;
  return TslxcError.is(source, 'ACCESS_DENIED') ? source : undefined;
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error)
    return String(error.message);
  return String(error);
}
