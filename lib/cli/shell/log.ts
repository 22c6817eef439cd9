/** The log that `-d` and `-l` enable, by pino, which is loaded when the first line is written. */
import { closeSync, openSync } from 'node:fs';
import type Pino from 'pino';
import { fileError } from '../../host/state/file-error';
import { levels, plainFields, sender } from '../../host/log/line-format';
import type { Logger } from '../../host/logger';
import { CommandError } from './command-error';
import type { DebugLevel, GlobalOptions } from './globals';

const lowest: Readonly<Record<DebugLevel, keyof typeof levels>> = {
  0: 'debug',
  1: 'info',
  2: 'info',
  3: 'warn',
  4: 'error',
};

export interface Log extends Logger {
  /** Goes on in the file that is now at its path, as after a rotation. If it can't be opened, that is said in the one of before. */
  readonly reopen: () => void;
}

/** One JSON object per line, appended to the file of `-l` or written to stderr. @throws CommandError if the file can't be opened. */
export function openLog({ debug, logFile }: Pick<GlobalOptions, 'debug' | 'logFile'>): Log {
  const level = lowest[debug ?? 4];
  let descriptor = logFile === undefined ? process.stderr.fd : openGiven(logFile);
  let pino: Logger | undefined;
  const at =
    (name: keyof typeof levels) =>
    (fields: object, message: string): void => {
      if (levels[name] < levels[level]) return;
      pino ??= pinoAt(level, descriptor);
      pino[name](fields, message);
    };
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const reopen = (): void => {
    if (logFile === undefined) return;
    try {
      const opened = openFile(logFile);
      closeSync(descriptor);
      [descriptor, pino] = [opened, undefined];
    } catch (error) {
      log.error({ err: error }, 'the log is not opened anew');
    }
  };
  return { ...log, reopen };
}

function openGiven(path: string): number {
  try {
    return openFile(path);
  } catch (cause) {
    throw new CommandError('failed to open the log file. check the log file path', { cause });
  }
}

/** @throws SyscallError. */
function openFile(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw fileError(error);
  }
}

function pinoAt(level: keyof typeof levels, descriptor: number): Logger {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { pino } = require('pino') as typeof Pino;
  return pino(
    // Errors are plain data before pino's own serializer would see them.
    { level, base: sender(), formatters: { log: plainFields }, serializers: { err: same } },
    pino.destination({ dest: descriptor, sync: true }),
  );
}

const same = (value: unknown): unknown => value;
