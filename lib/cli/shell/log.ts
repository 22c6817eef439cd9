/** The log that `-d` and `-l` ask for, by pino. Only loaded when one of them was given. */
import pino from 'pino';
import type { Logger } from '../../host/logger';
import type { DebugLevel, GlobalOptions } from './globals';

const levels: Readonly<Record<DebugLevel, string>> = {
  0: 'debug',
  1: 'info',
  2: 'info',
  3: 'warn',
  4: 'error',
};

/** One JSON object a line, appended to the file of `-l` or written to stderr. Throws when it can't be opened. */
export function openLog(globals: Pick<GlobalOptions, 'debug' | 'logFile'>): Logger {
  const level = levels[globals.debug ?? 4];
  const destination = globals.logFile ?? process.stderr.fd;
  return pino({ name: 'tslxc', level }, pino.destination({ dest: destination, sync: true }));
}
