/**
 * The report of `start --handshake-fd N` to its caller: one line of JSON on the descriptor, which is then closed. A
 * reader that finds end of file without a line knows that the start has failed.
 */
import { closeSync, fstatSync, writeSync } from 'node:fs';
import { TslxcError } from '../../errors';
import { present } from '../../present';
import { CommandError } from '../shell/command-error';
import type { ErrorCode, ErrorDetails } from '../../errors';
import type { Domain } from '../../index';

/** The report that a parent process reads when the container runs. */
export interface RunningReport {
  readonly running: Readonly<{ name: string; uuid: string; id?: number; console?: string }>;
}

/** The error as data; the fields are those of TslxcError. */
export interface FailedReport {
  readonly failed: Readonly<{ code: ErrorCode; message: string }> &
    Pick<
      ErrorDetails,
      'errno' | 'syscall' | 'path' | 'step' | 'element' | 'line' | 'column' | 'problems'
    >;
}

export interface HandshakeReport {
  running(domain: Domain): void;
  /** Does nothing if `running` was already reported. */
  failed(error: unknown): void;
}

/** Takes ownership of the descriptor. Throws CommandError if it isn't open. */
export function handshakeReport(fd: number): HandshakeReport {
  try {
    fstatSync(fd);
  } catch (cause) {
    throw new CommandError(`handshake descriptor ${String(fd)} is not open`, {
      cause,
      causeLine: 'hidden',
      code: 'INVALID_ARG',
    });
  }
  let state: 'open' | 'closed' = 'open';
  const say = (report: RunningReport | FailedReport): void => {
    if (state === 'closed') return;
    state = 'closed';
    writeLine(fd, report);
  };
  return {
    running: (domain) => say(runningReport(domain)),
    failed: (error) => say(failedReport(error)),
  };
}

function writeLine(fd: number, report: RunningReport | FailedReport): void {
  try {
    writeSync(fd, `${JSON.stringify(report)}\n`);
  } catch (cause) {
    throw new CommandError(`no process reads handshake descriptor ${String(fd)}`, {
      cause,
      causeLine: 'hidden',
    });
  } finally {
    closeSync(fd);
  }
}

function runningReport(domain: Domain): RunningReport {
  const { name, uuid, id } = domain;
  const console = domain.consolePath();
  return {
    running: {
      name,
      uuid,
      ...present({ id, console }),
    },
  };
}

export function failedReport(error: unknown): FailedReport {
  const source = error instanceof CommandError && error.cause !== undefined ? error.cause : error;
  if (!TslxcError.is(source)) {
    const code = error instanceof CommandError ? error.code : 'INTERNAL_ERROR';
    return { failed: { code, message: source instanceof Error ? source.message : String(source) } };
  }
  const { code, message, errno, syscall, path, step, element, line, column, problems } = source;
  const details = { errno, syscall, path, step, element, line, column, problems };
  return { failed: { code, message, ...present(details) } };
}
